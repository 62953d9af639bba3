// Rows of GFM tables. Pure.

/** The cells of a row; `\|` is a pipe inside one. @param {string} row @returns {string[]} */
export function splitRow(row) {
  const inner = row
    .trim()
    .replace(/^\|/, "")
    .replace(/(^|[^\\])\|$/, "$1");
  /** @type {string[]} */
  const cells = [];
  let cell = "";
  for (let at = 0; at < inner.length; at += 1) {
    if (inner[at] === "\\" && inner[at + 1] === "|") {
      cell += "|";
      at += 1;
    } else if (inner[at] === "|") {
      cells.push(cell.trim());
      cell = "";
    } else {
      cell += inner[at];
    }
  }
  return [...cells, cell.trim()];
}

/** The columns' alignments if the line is a table's second row, else null. @param {string} line */
export function delimiterRow(line) {
  if (!/^[|:\- \t]+$/.test(line) || !line.includes("-")) return null;
  const cells = splitRow(line);
  if (!cells.every((cell) => /^:?-+:?$/.test(cell))) return null;
  return cells.map((cell) => {
    const [left, right] = [cell.startsWith(":"), cell.endsWith(":")];
    return left && right ? "center" : right ? "end" : left ? "start" : "";
  });
}
