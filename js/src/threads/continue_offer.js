// What an empty chat offers: the latest conversations with its agent, one click each.
import { drawWhenSet } from "../document/store.js";
import { div, h, icon, span } from "../ui/dom.js";
import { threadText } from "./thread_text.js";

/** @import { Context, StoredThread } from "../types" */

/** @param {Context} context */
export function continueOffer(context) {
  const { store, send, root } = context;
  const node = h("div", { class: "agui-earlier", role: "group", "aria-label": "Earlier conversations" });
  root.querySelector(".agui-welcome")?.after(node);
  let drawn = "";
  const item = (/** @type {StoredThread} */ thread) =>
    h(
      "button",
      { class: "agui-continue", onclick: () => send({ kind: "open", key: thread.key }) },
      icon("retry"),
      div(
        "agui-continue-words",
        div("agui-continue-title", `Continue “${thread.title}”`),
        div("agui-faint", threadText(thread)),
      ),
    );
  const draw = () => {
    const { messages, runs } = store.document;
    const earlier = store.view.threads?.earlier ?? [];
    node.hidden = !earlier.length || messages.length + runs.length + store.sent.length > 0;
    const shown = JSON.stringify(earlier);
    if (shown === drawn) return;
    drawn = shown;
    node.replaceChildren(span("agui-off-screen", "Earlier conversations"), ...earlier.map(item));
  };
  drawWhenSet(context, draw, ["messages", "runs"]);
}
