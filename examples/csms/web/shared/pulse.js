/* pulse.js: keeps what is shown as it is: asks again when the server says that something happened, and once in a while anyway. */
import { LIVE, soon } from "./live.js";

const SWARM_MS = 100; /* news come in swarms */
const OFTEN_MS = 2000;
const SELDOM_MS = 20000;

/* pulse(live, look, signal, { often, ends }): look() asks and draws. |often|: how soon it is asked again while the stream of news is away and
 * nothing was refused. ends(error): nothing will come of asking again. now() does it at once; tell((state, error) => …): live, trying, wrong; stop(). */
export function pulse(live, look, signal, { often = OFTEN_MS, ends = () => false } = {}) {
  let listener = () => {};
  let timer;
  let running = null;
  let again = false;
  let isOver = false;
  let isRefused = false;

  function wait() {
    const ms = again ? 0 : live.state === LIVE || isRefused || document.hidden ? SELDOM_MS : often;
    again = false;
    if (!signal.aborted && !isOver) timer = setTimeout(() => go().catch(() => {}), ms);
  }

  async function go() {
    clearTimeout(timer);
    if (running) {
      again = true;
      return running;
    }
    running = look().then(() => {
      isRefused = false;
      listener("live", null);
    }, (error) => {
      if (signal.aborted || error.name === "AbortError") return;
      isRefused = error.status >= 400 && error.status < 500;
      listener(error.status === 0 ? "trying" : "wrong", error);
      isOver = isOver || ends(error);
      if (!error.sentence) console.error(error);
      throw error;
    }).finally(() => {
      running = null;
      wait();
    });
    return running;
  }

  function stop() {
    isOver = true;
    clearTimeout(timer);
  }

  const hear = soon(() => (isOver ? null : go()), SWARM_MS, signal);
  live.on("change", hear, signal);
  live.on("state", hear, signal); /* also when it breaks: whoever reads is told at once */
  document.addEventListener("visibilitychange", hear, { signal });
  window.addEventListener("online", hear, { signal });
  signal.addEventListener("abort", stop, { once: true });
  return { now: go, stop, tell: (fresh) => { listener = fresh; } };
}
