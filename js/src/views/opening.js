// A short text that opens to lines.
import { h } from "../dom.js";

/** @param {string} kind @param {(Node | string)[]} short @param {string[]} lines */
export const opening = (kind, short, lines) =>
  h(
    "details",
    { class: kind },
    h("summary", {}, short),
    h(
      "ul",
      {},
      lines.map((line) => h("li", {}, line)),
    ),
  );
