// What the chat panel says when there is no conversation to show, or nobody to talk to: empty,
// loading, the kernel silent or gone, read-only; and short notices.
import { drawWhenSet } from "../document/store.js";
import { iconButton } from "../ui/buttons.js";
import { div, h, icon, setText } from "../ui/dom.js";

/** @import { Context, View } from "../types" */

/** @param {Context} context @returns {View} */
export function welcome(context) {
  const { store } = context;
  const title = div("agui-welcome-title");
  const words = div("agui-faint");
  const can = div("agui-faint");
  const node = div("agui-welcome", icon("agent"), title, words, can);
  const draw = () => {
    const { agent } = store.view;
    const loading = store.connection === "loading";
    const { messages, runs } = store.document;
    node.hidden = messages.length + runs.length + store.sent.length > 0;
    setText(title, loading ? "Loading the conversation…" : agent.shown || agent.name || "Agent");
    setText(
      words,
      loading
        ? "The kernel answers when it is free."
        : agent.problem || agent.description || "Ask something to begin.",
    );
    setText(can, agent.can ? `Can: ${agent.can}` : "");
  };
  drawWhenSet(context, draw, ["messages", "runs"]);
  return { node };
}

const BANNERS = {
  dead: "The kernel was restarted or shut down. Run the cell again, then continue.",
  silent: "The kernel does not answer. It may be busy; if it is gone, run this cell again.",
  queued: "The kernel is busy with a cell and has not heard Stop yet; interrupt it to stop, or restart it.",
  readonly: "A recording: nothing is sent.",
};

/** @param {Context} context @returns {View} */
export function banner(context) {
  const { store } = context;
  const words = h("span");
  const node = h("div", { class: "agui-banner", role: "status", hidden: true }, icon("warning"), words);
  const draw = () => {
    const { connection, view } = store;
    const kind =
      connection !== "loading" && connection !== "live" ? connection : view.readonly ? "readonly" : null;
    node.hidden = !kind;
    node.dataset.kind = kind ?? "";
    if (kind) setText(words, BANNERS[kind]);
  };
  drawWhenSet(context, draw, []);
  return { node };
}

const NOTICE_STAYS = 4000; // ms

/**
 * @param {AbortSignal} signal @returns {{ node: HTMLElement, show: (text: string, level?: "info" | "error") => void }}
 */
export function notices(signal) {
  const node = h("div", { class: "agui-notices", role: "status" });
  /** @param {string} text @param {"info" | "error"} [level] */
  const show = (text, level = "info") => {
    const line = h(
      "div",
      { class: "agui-notice", "data-level": level },
      h("span", {}, text),
      iconButton("Close", "cross", () => line.remove()),
    );
    node.replaceChildren(line);
    if (level === "error") return;
    const timer = setTimeout(() => line.remove(), NOTICE_STAYS);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  };
  return { node, show };
}
