// One block of code: language, copy button, text that only ever grows, colours once it is closed.
import { copyButton } from "../ui/clipboard.js";
import { div, h, span } from "../ui/dom.js";

const CHUNK = 4000; // characters; a growing text node is laid out whole, so it must stay small
const LONGEST = 32_000; // characters of one line; it goes on below
const COLOURED = 30_000; // characters; beyond, colours would hold the page for too long

/** @typedef {[text: string, kind: string][]} Tokens */

export class CodePaint {
  #text = "";
  #shown = 0;
  #body = h("code");
  /** @type {Text | null} */
  #last = null;

  /** @param {string} info  the words behind the fence */
  constructor(info) {
    this.language = /^[\w+#.-]*/.exec(info.toLowerCase())?.[0] ?? "";
    this.bar = div(
      "agui-code-bar",
      h("span", {}, this.language || "text"),
      copyButton(() => this.#text, "Copy code"),
    );
    const pre = h(
      "pre",
      { tabindex: "0", "aria-label": `${this.language} code`.trim(), role: "group" },
      this.#body,
    );
    this.element = div("agui-code", this.bar, pre);
  }

  /** @param {string} text  what it was before, or more */
  update(text) {
    this.#text = text;
    while (this.#shown < text.length) {
      const from = this.#shown;
      const most = text[from - 1] === "\n" ? CHUNK : LONGEST;
      const last = this.#last && this.#last.length < most ? this.#last : this.#grow();
      const room = from + Math.max(1, CHUNK - last.length);
      const line = text.indexOf("\n", room - 1); // chunks are blocks, so they end where lines do
      this.#shown = Math.min(line < 0 ? text.length : line + 1, from + LONGEST - last.length);
      last.appendData(text.slice(from, this.#shown));
    }
  }

  #grow() {
    const text = document.createTextNode("");
    this.#last = text;
    this.#body.append(span("agui-chunk", text));
    return text;
  }

  get text() {
    return this.#text;
  }

  /** Whether a cell of a notebook would take it. */
  get runs() {
    return /^(?:i?python3?|py|jupyter)$/.test(this.language) || /^\s*%%?[a-z]/i.test(this.#text);
  }

  get colourful() {
    return this.language !== "" && this.#text.length <= COLOURED;
  }

  /** @param {Pick<typeof import("../highlight.js"), "tokens" | "keepSelection">} highlight */
  colour(highlight) {
    const tokens = highlight.tokens(this.#text, this.language);
    if (!tokens) return;
    const coloured = tokens.map(([part, kind]) => (kind ? span(`agui-k-${kind}`, part) : part));
    highlight.keepSelection(this.#body, () => this.#body.replaceChildren(...coloured));
  }
}
