// Spans: what the text of a block is made of. Pure; how they are read is inline.js's business.

/**
 * @typedef {{ type: "text" | "code" | "sup", text: string } | { type: "break" }
 *   | { type: "math", text: string, display: boolean }
 *   | { type: "em" | "strong" | "del", children: Span[] }
 *   | { type: "link", href: string, title: string, children: Span[] }
 *   | { type: "image", src: string, title: string, alt: string }} Span
 */

/** @param {(Span | null)[]} spans @returns {Span[]} */
export function compact(spans) {
  /** @type {Span[]} */
  const out = [];
  for (const span of spans) {
    const last = out.at(-1);
    if (!span || (span.type === "text" && !span.text)) continue;
    if (span.type === "text" && last?.type === "text")
      out[out.length - 1] = { type: "text", text: last.text + span.text };
    else out.push(span);
  }
  return out;
}

/** The text of spans without their marks. @param {Span[]} spans @returns {string} */
export function plain(spans) {
  return spans
    .map((/** @type {any} */ { children, text, alt }) => (children ? plain(children) : (text ?? alt ?? "\n")))
    .join("");
}
