// Blocks -> elements. Only the end of a document that grows is looked at again; what stands stays.
import { div, h, setText } from "../ui/dom.js";
import { isFirst, TASK } from "./block.js";
import { CodePaint } from "./code_paint.js";
import { Inline } from "./inline_paint.js";
import { splitRow } from "./table.js";

/** @import { Definitions } from "./inline.js" */
/** @import { Outside } from "./inline_paint.js" */
/** @import { Block, Kind } from "./block.js" */

/**
 * @typedef {object} Painted  one block on the page
 * @property {HTMLElement} element
 * @property {(block: Block) => void} update  the block may have grown
 * @property {Kind} kind
 * @property {() => Element | undefined} [end]  where a caret belongs
 * @property {() => boolean} [define]  definitions were added; says whether some are still missing
 *
 * @typedef {{ block: Block, painted: Painted }} Shown
 * @typedef {{ element: HTMLElement, shown: Shown[], canvas: Canvas, size: number,
 *   paint(block: Block, canvas: Canvas): Painted }} Shorter  a document that has become long; size: of its parts
 *
 * @typedef {Outside & {
 *   definitions: Definitions,
 *   waiting: Set<Painted>,
 *   colour(code: CodePaint): void,
 *   long(shown: Shorter): Promise<any>,
 * }} Canvas
 */

/** @param {Block} block */
const textOf = (block) => (block.open ? block.text : block.text.trimEnd());

/**
 * @param {HTMLElement} element @param {Kind} kind @param {Canvas} canvas @param {(block: Block) => string} read @returns {Painted}
 */
function written(element, kind, canvas, read) {
  const inline = new Inline(element, canvas, canvas.definitions);
  /** @type {Block} */
  let shown;
  /** @type {Painted} */
  const painted = {
    element,
    kind,
    end: () => inline.end,
    update(block) {
      shown = block;
      inline.update(read(block), block.open);
      if (inline.asked) canvas.waiting.add(painted);
    },
    define() {
      inline.reset();
      inline.update(read(shown), shown.open);
      return inline.asked;
    },
  };
  return painted;
}

/** A table's first row would be seen as text for a moment. @param {Block} block */
const maybeTable = (block) => block.open && /^\|[^\n]*$/.test(block.text);

const ALERT = /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\](?=\n)/;

/** What GitHub shows above a quotation that begins with `[!NOTE]`. @param {Block} block */
const withTitle = (block) =>
  block.parent?.kind === "quote" ? textOf(block).replace(ALERT, "**$1**  ") : textOf(block);

/** @param {Block} block @param {Canvas} canvas @returns {Painted} */
function paragraph(block, canvas) {
  const text = h("span");
  const element = h("p", {}, text);
  const isTask = () => TASK.test(block.text) && isFirst(block);
  const inner = written(text, "paragraph", canvas, (it) => withTitle(it).replace(isTask() ? TASK : /^$/, ""));
  /** @type {HTMLInputElement | null} */
  let box = null;
  return {
    ...inner,
    element,
    update(it) {
      if (!box && isTask()) {
        box = h("input", {
          type: "checkbox",
          disabled: true,
          checked: it.text[1] !== " ",
          "aria-label": "done",
        });
        element.prepend(box);
        element.parentElement?.classList.add("agui-task");
      }
      element.hidden = maybeTable(it) || !it.text.trim();
      if (element.hidden) setText(text, "");
      else inner.update(it);
    },
  };
}

/** @param {Block} block @param {Canvas} canvas @returns {Painted} */
function heading(block, canvas) {
  // h1 and h2 belong to the notebook around us
  const tag = /** @type {"h3" | "h4" | "h5" | "h6"} */ (`h${Math.min(6, block.level + 2)}`);
  const element = h(tag, { class: `agui-h${block.level}` });
  return written(element, "heading", canvas, (it) => textOf(it).replace(/(^|[ \t])#+[ \t]*$/, ""));
}

/** Lines that may still turn out to be none of the code. @param {string} text */
function withoutBlankLines(text) {
  let end = text.length;
  while (text[end - 1] === "\n" && text[end - 2] === "\n") end -= 1;
  return text.slice(0, end);
}

/** @param {Block} block @param {Canvas} canvas @returns {Painted} */
function code(block, canvas) {
  if (block.info === "math") return math(block, canvas);
  const paint = new CodePaint(block.info);
  let coloured = false;
  return {
    element: paint.element,
    kind: "code",
    update(it) {
      paint.update(it.open ? withoutBlankLines(it.text) : it.text);
      if (it.open || coloured) return;
      coloured = true;
      canvas.colour(paint);
    },
  };
}

/** @param {Block} block @param {Canvas} canvas @returns {Painted} */
function math(block, canvas) {
  const fenced = block.kind === "code";
  const source = h("code", { class: "agui-tex" });
  const element = div("agui-formula", source);
  let done = false;
  return {
    element,
    kind: block.kind,
    update(it) {
      if (done) return;
      const closed = fenced ? !it.open : it.info === "closed";
      setText(source, closed || fenced ? it.text : it.mark + it.text);
      if (!closed) return;
      done = true;
      element.replaceChildren(canvas.formula(it.text.trim(), true));
    },
  };
}

const SPARE = 20; // empty cells that fill up a row: no more, for a head may have thousands

/** The rows of a table on the page. @param {Block} block @param {Canvas} canvas @param {HTMLElement[]} parts */
function tableRows(block, canvas, [head, body]) {
  /** @type {{ source: string, line: Element, cells: Inline[] }[]} */
  const shown = [];
  /** @type {Set<number>} */
  const asking = new Set(); // rows that name definitions which have not come
  /** @param {string} source @param {number} at */
  const fill = (source, at) => {
    const texts = splitRow(source);
    const { line, cells } = shown[at];
    shown[at].source = source;
    while (cells.length < Math.min(block.align.length, texts.length + SPARE)) {
      const align = block.align[cells.length];
      const props = { class: align && `agui-${align}`, scope: at ? null : "col" };
      const cell = h(at ? "td" : "th", props);
      line.append(cell);
      cells.push(new Inline(cell, canvas, canvas.definitions));
    }
    cells.forEach((cell, column) => {
      cell.reset();
      cell.update(texts[column] ?? "", false);
    });
    if (cells.some((cell) => cell.asked)) asking.add(at);
    else asking.delete(at);
  };
  /** @param {string} source @param {number} at */
  const row = (source, at) => {
    const line = h("tr");
    (at ? body : head).append(line);
    shown.push({ source: "", line, cells: [] });
    fill(source, at);
  };
  return { shown, asking, fill, row };
}

/** @param {Block} block @param {Canvas} canvas @returns {Painted} */
function table(block, canvas) {
  const parts = [h("thead"), h("tbody")];
  const props = { class: "agui-table", tabindex: "0", role: "group", "aria-label": "table" };
  const { shown, asking, fill, row } = tableRows(block, canvas, parts);
  /** @type {Painted} */
  const painted = {
    element: h("div", props, h("table", {}, parts)),
    kind: "table",
    define() {
      for (const at of Array.from(asking)) fill(shown[at].source, at); // one that asks again is added anew
      return asking.size > 0;
    },
    update(it) {
      const last = shown.length - 1;
      if (last >= 0 && shown[last].source !== it.rows[last]) fill(it.rows[last], last);
      for (let at = shown.length; at < it.rows.length; at += 1) row(it.rows[at], at);
      if (asking.size) canvas.waiting.add(painted);
    },
  };
  return painted;
}

const PART = 16; // blocks
const MANY = 64; // blocks of an answer that is long

/**
 * What is out of sight costs nothing, part by part: every block for itself would be too many.
 * @param {HTMLElement} element
 */
const partsOf = (element) => (/** @type {number} */ at) =>
  element.children[Math.floor(at / PART)] ?? element.appendChild(div("agui-part"));

/**
 * Quotes, lists, items and the document itself.
 * @param {HTMLElement} element @param {Kind} kind @param {Canvas} canvas @param {Shown[]} [shown] @returns {Painted}
 */
function container(element, kind, canvas, shown = []) {
  const place = kind === "doc" ? partsOf(element) : () => element;
  return {
    element,
    kind,
    end: () => shown.at(-1)?.painted.end?.(),
    update(it) {
      if (kind === "list") element.classList.toggle("agui-tight", !it.loose);
      let keep = Math.min(shown.length, it.children.length);
      while (
        keep &&
        (shown[keep - 1].block !== it.children[keep - 1] ||
          shown[keep - 1].painted.kind !== it.children[keep - 1].kind)
      )
        keep -= 1;
      for (const gone of shown.splice(keep)) gone.painted.element.remove();
      if (keep) shown[keep - 1].painted.update(it.children[keep - 1]);
      for (const child of it.children.slice(keep)) {
        const one = paint(child, canvas);
        place(shown.length).append(one.element);
        shown.push({ block: child, painted: one });
        one.update(child);
      }
    },
  };
}

/** The document; once it is long, as long.js shows it. @param {Block} _block @param {Canvas} canvas @returns {Painted} */
function doc(_block, canvas) {
  /** @type {Shown[]} */
  const shown = [];
  const { update, ...whole } = container(div("agui-md"), "doc", canvas, shown);
  let long = false;
  /** @type {Painted} */
  const painted = {
    ...whole,
    update(it) {
      update(it);
      if (long || shown.length <= MANY) return;
      long = true;
      canvas
        .long({ ...whole, shown, canvas, paint, size: PART })
        .then((made) => Object.assign(painted, made), console.warn);
    },
  };
  return painted;
}

/** @type {Record<Kind, (block: Block, canvas: Canvas) => Painted>} */
const PAINT = {
  doc,
  quote: (_block, canvas) => container(h("blockquote", { dir: "auto" }), "quote", canvas),
  item: (_block, canvas) => container(h("li"), "item", canvas),
  list: (block, canvas) =>
    container(
      h(block.ordered ? "ol" : "ul", {
        dir: "auto",
        start: block.ordered && block.level !== 1 ? block.level : null,
      }),
      "list",
      canvas,
    ),
  rule: () => ({ element: h("hr"), kind: "rule", update() {} }),
  paragraph,
  heading,
  code,
  math,
  table,
};

/** @param {Block} block @param {Canvas} canvas */
const paint = (block, canvas) => PAINT[block.kind](block, canvas);

/** @param {Block} root @param {Canvas} canvas */
export const paintDocument = (root, canvas) => doc(root, canvas);
