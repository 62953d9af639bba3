// A call that waits for a yes: its name and all of its arguments, as they were written. Nothing is cut:
// a long value scrolls in its place, says how long it is, and has to be seen to its end.

import { button, faint, press } from "../ui/buttons.js";
import { drawing, h, span } from "../ui/dom.js";
import { readJson, writeJson } from "../ui/json_text.js";
import { visible, visibleNodes } from "../ui/visible.js";
import { changesOf, entryOf, touched } from "./form_values.js";
import { fieldOf, isObject } from "./schema.js";
import { schemaForm } from "./schema_form.js";

/** @import { Entry } from "./form_values.js" */
/** @import { SchemaForm } from "./schema_form.js" */
/** @import { Question } from "../types" */
/**
 * @typedef {object} CallView
 * @property {HTMLElement} node
 * @property {() => boolean} seen  whether everything has been in sight, or within reach
 * @property {() => {value: Record<string, any>, valid: boolean} | null} edits  null: nothing was changed
 */

const TOOL = "M9.8 3.2a3 3 0 0 0-3.9 3.9L2.5 10.5l1.5 3 5.5-4.4a3 3 0 0 0 3.7-4L11.5 6.8 9.3 6.4 9 4.2z";
const LONG = 2000; // characters, or
const TALL = 20; // lines, and a value scrolls in its place
const PIECE = 20_000; // characters drawn at a time
const MOST = 200; // arguments drawn one by one
const NEAR = 4; // px to the end that count as the end

/** A text as JSON has it, but with its lines as lines. @param {string} text */
const quote = (text) =>
  `"${text
    .split("\n")
    .map((line) => JSON.stringify(line).slice(1, -1))
    .join("\n")}"`;

/** @param {unknown} value */
const literal = (value) => (typeof value === "string" ? quote(value) : writeJson(value, "  "));

/** The arguments as an object; null where they are shown as they stand. @param {string} text */
function readArguments(text) {
  try {
    const value = readJson(text || "{}");
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Text in pieces that are drawn at once, marks among it. @param {string} text */
function* pieces(text) {
  for (const node of visibleNodes(text)) {
    if (typeof node !== "string") yield node;
    else for (const [piece] of node.matchAll(PIECES)) yield piece;
  }
}
const PIECES = new RegExp(`[^]{1,${PIECE}}`, "gu");

/** A long value: it scrolls in its place, and is drawn as far as it was scrolled. */
class LongValue {
  seen = false;
  #waiting;
  #box;
  #onseen;
  #note = faint();

  /** @param {string} text @param {string} name @param {() => void} onseen */
  constructor(text, name, onseen) {
    this.#waiting = pieces(text);
    this.#onseen = onseen;
    this.#box = h("pre", {
      class: "agui-whole agui-whole-long",
      tabindex: "0",
      role: "region",
      "aria-label": `${name}, ${text.length} characters`,
      onscroll: () => this.#look(),
    });
    const all = button("Show all", () => this.#open());
    this.#note.textContent = `${text.length.toLocaleString("en")} characters. To approve, scroll to the end or show all.`;
    this.node = h("div", {}, this.#box, h("div", { class: "agui-whole-note" }, this.#note, all));
    this.#more();
    // how high it is, is known once it is on the page
    if (globalThis.ResizeObserver) new ResizeObserver(() => this.#look()).observe(this.#box);
  }

  /** @param {number} [room] */
  #more(room = PIECE) {
    for (
      let left = room, step;
      left > 0 && !(step = this.#waiting.next()).done;
      left -= typeof step.value === "string" ? step.value.length : 8
    )
      this.#box.append(step.value);
  }

  #look() {
    const { scrollTop, clientHeight, scrollHeight } = this.#box;
    if (!clientHeight || scrollTop + clientHeight < scrollHeight - NEAR) return;
    this.#more();
    if (this.#box.scrollHeight <= scrollHeight) this.#end();
  }

  #open() {
    this.#more(Infinity);
    this.#box.classList.remove("agui-whole-long");
    this.#end();
  }

  #end() {
    if (this.seen) return;
    this.seen = true;
    this.#onseen();
  }
}

/** @param {string} text @param {string} name @param {() => void} onseen @returns {{node: HTMLElement, seen: boolean}} */
function valueView(text, name, onseen) {
  if (text.length > LONG || text.split("\n", TALL + 1).length > TALL)
    return new LongValue(text, name, onseen);
  return { node: h("pre", { class: "agui-whole" }, visibleNodes(text)), seen: true };
}

/** What is drawn, by name: each argument, or all of them as they stand. @param {string} args @param {Record<string, any> | null} read @returns {[string, string][]} */
function textsOf(args, read) {
  if (!read) return [["", args]];
  const listed = Object.entries(read);
  if (listed.length > MOST) return [["", writeJson(read, "  ")]];
  return listed.map(([key, value]) => [key, literal(value)]);
}

/** The arguments one below the other. @param {string} name @param {[string, string][]} texts @param {() => void} onseen */
function argumentList(name, texts, onseen) {
  const values = texts.map(([key, text]) => valueView(text, key || name, onseen));
  const rows = texts.flatMap(([key], at) => [
    key && h("dt", {}, visibleNodes(key), span("agui-tree-colon", ": ")),
    h("dd", {}, values[at].node),
  ]);
  const node = h("dl", { class: "agui-whole-list", "aria-label": `Arguments of ${visible(name)}` }, rows);
  return { node: texts.length ? node : faint("no arguments"), seen: () => values.every((view) => view.seen) };
}

/**
 * The call, its arguments, and a form for them where they may be changed. ``onseen`` is told when a long
 * value was seen to its end.
 * @param {Question["actions"][number]} action @param {() => void} onseen @returns {CallView}
 */
export function callView({ name, args, edits }, onseen) {
  const read = readArguments(args);
  const list = argumentList(name, textsOf(args, read), onseen);
  const body = h("div", { class: "agui-call-args" }, list.node);
  /** @type {Entry | null} */
  let entry = null;
  /** @type {SchemaForm | null} */
  let form = null;
  const flip = () => {
    entry = entry ? null : entryOf(fieldOf(readJson(edits ?? "{}")), read, true);
    form = entry && schemaForm(entry, "Arguments", changesOf);
    press(edit, Boolean(entry));
    // what was not seen to its end stays in sight
    body.replaceChildren(
      ...(form ? [!list.seen() && list.node, form.node] : [list.node]).filter((one) => one !== false),
    );
  };
  const edit = button("Edit arguments", flip, { icon: "edit", pressed: false });
  const title = h("div", { class: "agui-call-name" }, drawing(TOOL), h("code", {}, visibleNodes(name)));
  if (edits !== null && read) title.append(edit);
  return {
    node: h("div", { class: "agui-interrupt-call" }, title, body),
    seen: list.seen,
    edits: () => (entry && form && touched(entry) ? form.check() : null),
  };
}
