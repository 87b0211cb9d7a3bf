/* living.js: a page that shows what is so now: read once, and again whenever the house has news. */
import { el, replace } from "/shared/dom.js";
import { keepingFocus } from "/shared/part.js";
import { pulse } from "/shared/pulse.js";
import { failure } from "/shared/ui.js";

const WITHOUT_NEWS_MS = 5000;

function trouble(error) {
  if (error.status === 0) return el("p", { class: "state bad" }, "The server does not answer. What stands here may be old; trying again …");
  if (error.status === 401 || error.status === 404) return failure({ sentence: "This phone may not see this any more, or not now: its card was logged out, lost or ended." }, () => location.reload());
  return failure(error);
}

/* living(context, read, update): |read()| asks, |update(data)| shows; |wrong| is for what goes wrong after the first time, which is the caller's.
 * now() reads at once: after something was done here, whose outcome is another matter than what can be read then. */
export function living({ live, signal }, read, update) {
  const wrong = el("div", { role: "alert" });
  const watch = pulse(live, async () => {
    const data = await read();
    if (!signal.aborted) keepingFocus(document.getElementById("main"), () => update(data));
  }, signal, { often: WITHOUT_NEWS_MS });
  watch.tell((state, error) => replace(wrong, error && trouble(error)));
  return {
    wrong,
    now: () => watch.now().catch(() => {}),
    async first() {
      try {
        await watch.now();
      } catch (error) {
        watch.stop();
        throw error;
      }
    },
  };
}
