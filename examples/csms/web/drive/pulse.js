/* pulse.js: keeps what is shown as it is: asks again when the server says that something happened, and once in a while anyway. */
import { Live } from "/shared/live.js";

const OFTEN_MS = 2000;
const SELDOM_MS = 20000;

/* pulse(api, look, signal): look() asks and draws. now() does it at once; tell((state, error) => …): live, trying, wrong. */
export function pulse(api, look, signal) {
  const live = new Live(api, { url: "/api/drive/events" });
  let listener = () => {};
  let timer;
  let running = null;
  let again = false;
  let isOver = false;

  async function go() {
    clearTimeout(timer);
    if (running) {
      again = true;
      return running;
    }
    running = look().then(() => listener("live", null), (error) => {
      if (signal.aborted || error.name === "AbortError") return;
      listener(error.status === 0 ? "trying" : "wrong", error);
      isOver = error.status === 401 || error.status === 404; /* the key opens nothing any more */
      if (isOver) live.stop();
      if (!error.sentence) console.error(error);
      throw error;
    }).finally(() => {
      running = null;
      if (!signal.aborted && !isOver) timer = setTimeout(() => go().catch(() => {}), again ? 0 : live.state === "live" || document.hidden ? SELDOM_MS : OFTEN_MS);
      again = false;
    });
    return running;
  }

  const soon = () => go().catch(() => {});
  live.on("change", soon);
  live.on("state", soon); /* also when it breaks: whoever reads is told at once */
  live.start();
  document.addEventListener("visibilitychange", soon, { signal });
  window.addEventListener("online", soon, { signal });
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    live.stop();
  }, { once: true });
  return { now: go, tell: (fresh) => { listener = fresh; } };
}
