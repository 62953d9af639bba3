// Cells of words in a list of cells such as JupyterLab has.
import assert from "node:assert/strict";
import { test } from "node:test";
import { watchCells } from "../../src/comm/magic_cells.js";

function signal() {
  /** @type {((sender: any) => void)[]} */
  const slots = [];
  return {
    connect: (/** @type {(sender: any) => void} */ slot) => slots.push(slot),
    emit: (/** @type {any} */ sender) => slots.forEach((slot) => slot(sender)),
  };
}

/** @param {string} source @param {string} [type] */
function cell(source, type = "code") {
  const made = {
    type,
    source,
    mime: "text/x-ipython",
    contentChanged: signal(),
    mimeTypeChanged: signal(),
    sharedModel: { getSource: () => made.source },
    get mimeType() {
      return made.mime;
    },
    set mimeType(mime) {
      made.mime = mime;
      made.mimeTypeChanged.emit(made);
    },
    /** @param {string} text */
    type_in(text) {
      made.source = text;
      made.contentChanged.emit(made);
    },
  };
  return made;
}

test("a cell of %%agui is words, whatever the host says of it, until it is code again", () => {
  const list = [cell("1 + 1"), cell("%%agui\nHello"), cell("%%agui", "markdown")];
  const changed = signal();
  const cells = {
    changed,
    get length() {
      return list.length;
    },
    get: (/** @type {number} */ at) => list[at],
  };
  watchCells(cells);
  watchCells(cells);
  const kinds = () => list.map((one) => one.mime);
  assert.deepEqual(kinds(), ["text/x-ipython", "text/x-ipythongfm", "text/x-ipython"]);
  list[1].mimeType = "text/x-python"; // the kernel said its language
  list[0].type_in("%%agui demo");
  list.push(cell("%%agui_other"), cell("%%agui"));
  changed.emit(cells);
  assert.deepEqual(kinds(), [
    "text/x-ipythongfm",
    "text/x-ipythongfm",
    "text/x-ipython",
    "text/x-ipython",
    "text/x-ipythongfm",
  ]);
  list[1].type_in("print()");
  assert.equal(list[1].mime, "text/x-python");
});

test("a host without such cells is left alone", () => {
  watchCells(undefined);
  watchCells({});
});
