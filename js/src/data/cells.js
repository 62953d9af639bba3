// A table's cells as they are shown, and as CSV. Pure: no DOM.

/** @typedef {{ name: string, index?: boolean, number?: boolean, decimals?: number }} Column */
/** @typedef {{ columns: Column[], rows: (string | null)[][], count: number, width: number, cut: number }} Table */

/** A number with its column's digits behind the point; anything else as it is. @param {string | null} value @param {Column} column */
export function cellText(value, { decimals = -1 }) {
  if (value === null) return "None";
  const number = Number(value);
  return decimals < 0 || !Number.isFinite(number) || value === "" ? value : number.toFixed(decimals);
}

/** @param {string | null} value */
function quoted(value) {
  const text = value ?? "";
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Every row that came, numbers with all their digits. @param {Table} table @returns {string} */
export function csvOf({ columns, rows }) {
  const head = columns.map(({ name }) => name.replaceAll("\n", " "));
  return [head, ...rows].map((row) => `${row.map(quoted).join(",")}\n`).join("");
}

/** @param {number} number @param {string} noun */
const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

/** How large the table is, and what of it is not here. @param {Table} table @returns {string} */
export function sizeOf({ columns, rows, count, width, cut }) {
  const here = columns.filter(({ index }) => !index).length;
  const parts = [
    rows.length < count && `the first ${counted(rows.length, "row")} are here`,
    here < width && `the first ${counted(here, "column")} are here`,
    cut > 0 && `${counted(cut, "cell")} shortened`,
  ];
  const size = `${counted(count, "row")} × ${counted(width, "column")}`;
  return [size, ...parts.filter(Boolean)].join(", ");
}
