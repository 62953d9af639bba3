// The notebook that a chat stands in: its cells read, made, changed and taken away. Reaches through
// anywidget's model to the host's notebook, which no interface offers (seen in JupyterLab 4.6, Notebook
// 7.6 and anywidget 0.11); where it cannot, that is said. What runs is not known here (cell_run.js).

import { showsWidget } from "../ui/widget_outputs.js";

/** @import { Model } from "../types" */

/** What is said where there is no notebook. */
export const NO_NOTEBOOK = "This page has no notebook cells that a chat can reach.";

/** The cell that was made last for a chat: the next one goes below it. @type {WeakMap<Model, string>} */
const latest = new WeakMap();

export class Notebook {
  /** @param {Model} model */
  constructor(model) {
    const context = model.widget_manager?.context;
    this.model = model;
    this.cells = context?.model?.cells;
    this.shared = context?.model?.sharedModel;
    this.session = context?.sessionContext;
    if (!this.cells || !this.shared?.insertCell || !this.session) throw new Error(NO_NOTEBOOK);
    this.readOnly = Boolean(context.model.readOnly);
  }

  get kernel() {
    return this.session.session?.kernel;
  }

  /** Where a cell is, -1 where it is no more. @param {string} id */
  placeOf(id) {
    for (let at = 0; at < this.cells.length; at += 1) if (this.cells.get(at).id === id) return at;
    return -1;
  }

  /** @param {string} id @returns {any} */
  cell(id) {
    const at = this.placeOf(id);
    if (at < 0) throw new Error(`There is no cell ${id} in this notebook.`);
    return this.cells.get(at);
  }

  /** The cell that shows the chat; -1: none does. */
  async #home() {
    for (let at = 0; at < this.cells.length; at += 1) {
      const outputs = this.cells.get(at).outputs;
      for (let place = 0; place < (outputs?.length ?? 0); place += 1)
        if (await showsWidget(this.model, outputs.get(place).data)) return at;
    }
    return -1;
  }

  /** Below the cell that was made last for this chat, below the chat, or at the end. */
  async #below() {
    const home = await this.#home();
    const made = this.placeOf(latest.get(this.model) ?? "");
    const at = made > home ? made : home;
    return at < 0 ? this.cells.length : at + 1;
  }

  /**
   * A new cell. @param {string} source @param {"code" | "markdown"} [kind] @param {string} [after]  the id
   * of a cell @returns {Promise<string>} its id
   */
  async insert(source, kind = "code", after = "") {
    if (this.readOnly) throw new Error("This notebook is open for reading only.");
    const at = after ? this.cells.length && this.placeOf(this.cell(after).id) + 1 : await this.#below();
    this.shared.insertCell(at, {
      cell_type: kind,
      source,
      metadata: kind === "code" ? { trusted: true } : {},
    });
    const { id } = this.cells.get(at);
    latest.set(this.model, id);
    return id;
  }

  /** @param {string} id @param {string} source */
  replace(id, source) {
    if (this.readOnly) throw new Error("This notebook is open for reading only.");
    this.cell(id).sharedModel.setSource(source);
  }

  /** Takes a cell away that still says ``source``. @param {string} id @param {string} source */
  remove(id, source) {
    const at = this.placeOf(id);
    if (at < 0) return true;
    if (this.cells.get(at).sharedModel.getSource() !== source) return false;
    this.shared.deleteCell(at);
    return true;
  }
}

/** Whether the cell is there to be seen, shown where it can be. @param {Element} near @param {number} at */
export function reveal(near, at) {
  requestAnimationFrame(() => {
    const list = near.closest(".jp-Notebook");
    list?.querySelector(`[data-windowed-list-index="${at}"]`)?.scrollIntoView({ block: "nearest" });
  });
}
