// A one-line row that opens: the form of tool calls, reasoning, subagents, notes. Its inside is made
// when it is first opened. What it says is its owner's business.
import { div, h, icon, mintId, setText, span } from "./dom.js";

/** @typedef {"running" | "waiting" | "done" | "error" | "off" | "denied"} State */

const SAID = {
  running: "running",
  waiting: "waiting for you",
  done: "",
  error: "failed",
  off: "stopped",
  denied: "denied",
};

/** @param {State} state */
function mark(state) {
  if (state === "running") return span("agui-spinner");
  if (state === "error") return icon("cross");
  return state === "waiting"
    ? span("agui-dot")
    : state === "off" || state === "denied"
      ? icon("minus")
      : icon("check");
}

export class Disclosure {
  /** @type {State | undefined} */
  #state;
  #title = span("agui-fold-title");
  #detail = span("agui-fold-detail");
  #side = span("agui-fold-side");
  #said = span("agui-off-screen");
  #mark = h("span", { class: "agui-fold-mark", "aria-hidden": "true" });

  /** @param {{ kind: string, open?: boolean, onopen?: () => void }} options */
  constructor({ kind, open = false, onopen = () => {} }) {
    const id = mintId();
    this.onopen = onopen;
    this.body = h("div", { class: "agui-fold-body", id });
    this.head = h(
      "button",
      { class: "agui-fold-head", "aria-controls": id, onclick: () => this.toggle(!this.open) },
      icon("chevron"),
      this.#mark,
      this.#title,
      this.#said,
      this.#detail,
      this.#side,
    );
    this.node = div(`agui-fold agui-${kind}`, this.head, this.body);
    this.open = open;
    this.toggle(open);
  }

  /** @param {boolean} open */
  toggle(open) {
    this.open = open;
    this.body.hidden = !open;
    this.head.setAttribute("aria-expanded", String(open));
    if (open) this.onopen();
  }

  /** @param {{ state: State, title: string, detail?: string, side?: string }} said */
  say({ state, title, detail = "", side = "" }) {
    setText(this.#title, title);
    setText(this.#detail, detail);
    setText(this.#side, side);
    if (state === this.#state) return;
    this.#state = state;
    this.node.dataset.state = state;
    this.#mark.replaceChildren(mark(state));
    setText(this.#said, SAID[state] && ` (${SAID[state]}) `); // its own spaces: not every browser adds any
  }

  /** @param {string} side */
  time(side) {
    setText(this.#side, side);
  }
}
