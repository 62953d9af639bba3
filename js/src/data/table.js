// A table of the user's: scrolls by itself, keeps its head and its index in sight, shows ten rows and
// then the others. Cells are text. What a cell says is cells.js's business.
import { button } from "../ui/buttons.js";
import { copyButton } from "../ui/clipboard.js";
import { div, h } from "../ui/dom.js";
import { cellText, csvOf, sizeOf } from "./cells.js";
import { widen } from "./wide.js";

/** @import { Context } from "../types" */
/** @import { Column, Table } from "./cells.js" */

const AT_FIRST = 10; // rows

/** @param {Column[]} columns @param {(string | null)[]} row */
function rowOf(columns, row) {
  return h(
    "tr",
    {},
    columns.map((column, at) => {
      const text = cellText(row[at], column);
      const kind = column.number ? "agui-number" : row[at] === null ? "agui-none" : "";
      return column.index ? h("th", { scope: "row", class: kind }, text) : h("td", { class: kind }, text);
    }),
  );
}

/** @param {Column[]} columns */
const headOf = (columns) =>
  h(
    "tr",
    {},
    columns.map(({ name, number, index }) =>
      name || !index
        ? h("th", { scope: "col", class: number ? "agui-number" : "" }, name)
        : h("td", { "aria-hidden": "true" }),
    ),
  );

/** The columns of the index stand one beside the other at the edge. @param {HTMLTableElement} node @param {Column[]} columns */
function pinIndex(node, columns) {
  const pinned = columns.findIndex(({ index }) => !index);
  let left = 0;
  for (let at = 0; at < (pinned < 0 ? 1 : pinned); at += 1) {
    for (const row of node.rows) {
      row.cells[at]?.classList.add("agui-pinned");
      row.cells[at]?.style.setProperty("left", `${left}px`);
    }
    left += node.rows[0]?.cells[at]?.offsetWidth ?? 0;
  }
}

/** @param {Context} context @param {Table} told @returns {HTMLElement} */
export function table(context, told) {
  const { columns, rows } = told;
  const body = h("tbody");
  const node = h("table", {}, h("thead", {}, headOf(columns)), body);
  const scroller = h(
    "div",
    { class: "agui-grid", tabindex: "0", role: "region", "aria-label": `Table, ${sizeOf(told)}` },
    node,
  );
  const settle = () => {
    pinIndex(node, columns);
    widen(scroller);
  };
  /** @param {number} from @param {number} to */
  const add = (from, to) => {
    body.append(...rows.slice(from, to).map((row) => rowOf(columns, row)));
    requestAnimationFrame(settle);
  };
  const left = rows.length - AT_FIRST;
  const more = button(`${left} more rows`, () => {
    more.remove();
    add(AT_FIRST, rows.length);
    scroller.focus();
  });
  const bar = div("agui-table-bar", h("span", {}, sizeOf(told)), left > 0 && more, copyCsv(context, told));
  add(0, AT_FIRST);
  return div("agui-table-box", scroller, bar);
}

/** @param {Context} context @param {Table} told */
function copyCsv({ announce }, told) {
  const copy = copyButton(() => csvOf(told), "Copy as CSV");
  copy.addEventListener("click", () => announce("Copied as CSV"));
  return copy;
}
