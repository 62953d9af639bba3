// One block of code: language, copy button, text that only ever grows, colours once it is closed.
import { copyButton } from "../ui/clipboard.js";
import { div, h, span } from "../ui/dom.js";

const CHUNK = 4000; // characters; a growing text node is laid out whole, so it must stay small
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
    const bar = div(
      "agui-code-bar",
      h("span", {}, this.language || "text"),
      copyButton(() => this.#text, "Copy code"),
    );
    const pre = h(
      "pre",
      { tabindex: "0", "aria-label": `${this.language} code`.trim(), role: "group" },
      this.#body,
    );
    this.element = div("agui-code", bar, pre);
  }

  /** @param {string} text  what it was before, or more */
  update(text) {
    this.#text = text;
    while (this.#shown < text.length) {
      const from = this.#shown;
      const last =
        this.#last && (this.#last.length < CHUNK || text[from - 1] !== "\n") ? this.#last : this.#grow();
      const room = from + Math.max(1, CHUNK - last.length);
      const line = text.indexOf("\n", room - 1); // chunks are blocks, so they end where lines do
      this.#shown = line < 0 ? text.length : line + 1;
      last.appendData(text.slice(from, this.#shown));
    }
  }

  #grow() {
    const text = document.createTextNode("");
    this.#last = text;
    this.#body.append(span("agui-chunk", text));
    return text;
  }

  get colourful() {
    return this.language !== "" && this.#text.length <= COLOURED;
  }

  /** @param {{ tokens(code: string, language: string): Tokens | null }} highlight */
  colour(highlight) {
    const tokens = highlight.tokens(this.#text, this.language);
    if (!tokens) return;
    this.#body.replaceChildren(
      ...tokens.map(([part, kind]) => (kind ? span(`agui-k-${kind}`, part) : document.createTextNode(part))),
    );
  }
}
