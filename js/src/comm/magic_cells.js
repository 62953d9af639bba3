// Cells that begin with %%agui hold words, not Python: JupyterLab is told so while a chat is on its page.
// Reaches through anywidget's model to the host's cells, which no interface offers (seen in JupyterLab
// 4.6); where it cannot, such a cell is coloured as the kernel's language is.

const MAGIC = /^%%agui\b/;
const WORDS = "text/x-ipythongfm"; // how JupyterLab calls Markdown in a cell

/** @type {WeakSet<object>} lists of cells that are watched */
const watched = new WeakSet();
/** @type {WeakMap<object, string>} what a cell was before, by cell */
const before = new WeakMap();

/** @param {any} cell  a model of JupyterLab's */
function look(cell) {
  const words = MAGIC.test(cell.sharedModel.getSource());
  if (words && cell.mimeType !== WORDS) {
    before.set(cell, cell.mimeType);
    cell.mimeType = WORDS;
  } else if (!words && cell.mimeType === WORDS && before.has(cell)) cell.mimeType = before.get(cell);
}

/** @param {any} cells  the list of a notebook's cells */
export function watchCells(cells) {
  if (!cells?.changed?.connect || watched.has(cells)) return;
  watched.add(cells);
  const all = () => {
    for (let at = 0; at < cells.length; at += 1) {
      const cell = cells.get(at);
      if (cell.type !== "code" || watched.has(cell)) continue;
      watched.add(cell);
      cell.contentChanged.connect(look);
      cell.mimeTypeChanged.connect(look);
      look(cell);
    }
  };
  cells.changed.connect(all);
  all();
}
