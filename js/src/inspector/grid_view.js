// A table with its search field, its count and the pane of an opened row: what the events and what went
// over the wire have in common. Which rows there are, and what is said of one, is its heirs' business.

import { faint, iconButton, toolbar } from "../ui/buttons.js";
import { copyText } from "../ui/clipboard.js";
import { h, setText } from "../ui/dom.js";
import { EventGrid } from "./event_grid.js";

/** @import { Context } from "../types" */
/**
 * @typedef {{ records: any[], passing: number[], text: string, again(): void, work(enough: () => boolean): boolean }} Looking
 * ``tell``: what to say in the table's place, "" for the table
 * @typedef {{ label: string, search: string, placeholder: string, summary?(position: number): string, onselect(position: number, open: boolean): void, oncopy(position: number): void, tell(done: boolean): string }} Owner
 */

const SLICE = 6; // ms of looking through rows in one frame

/** @template {Looking} R */
export class GridView {
  #shown = false;
  count = h("span", { class: "agui-faint", role: "status" });
  detail = h("section", { class: "agui-event-detail", hidden: true });
  empty = h("p", { class: "agui-empty" });

  /** @param {Context} context @param {R} rows @param {Owner} owner */
  constructor(context, rows, { search, placeholder, tell, ...owner }) {
    this.context = context;
    this.rows = rows;
    this.tell = tell;
    this.draw = this.draw.bind(this);
    this.wake = () => context.frames.request(this.draw);
    const named = { class: "agui-input", placeholder, "aria-label": search };
    this.search = h("input", { type: "search", ...named, oninput: () => this.refilter() });
    const isOpen = () => !this.detail.hidden;
    this.grid = new EventGrid(rows, { ...owner, onscroll: this.wake, isOpen });
    this.split = h("div", { class: "agui-events-split" }, this.grid.node, this.empty, this.detail);
  }

  get isShown() {
    return this.#shown;
  }

  /** Show it, or show it no more. @param {boolean} shown @returns {boolean} whether that is news */
  turn(shown) {
    const isNews = shown !== this.#shown;
    this.#shown = shown;
    return isNews;
  }

  refilter() {
    this.rows.text = this.search.value.trim().toLowerCase();
    this.rows.again();
    this.grid.toTop();
    this.wake();
  }

  /** @returns {boolean} whether there is more to look through */
  draw() {
    if (!this.#shown) return false;
    const end = performance.now() + SLICE;
    let done = false;
    this.grid.follow(() => {
      done = this.rows.work(() => performance.now() > end);
      const why = this.tell(done);
      setText(this.empty, why);
      this.empty.hidden = !why;
      this.grid.node.hidden = Boolean(why);
    });
    return !done;
  }

  /**
   * The pane of an opened row, with the way to close it.
   * @param {number} position @param {string} name @param {Node[]} head @param {Node[]} parts
   */
  fill(position, name, head, parts) {
    const close = () => {
      this.grid.select(position, false);
      this.grid.node.focus();
    };
    this.detail.setAttribute("aria-label", name);
    const closing = iconButton("Close", "cross", close);
    this.detail.replaceChildren(toolbar(faint(name), ...head, closing), ...parts);
  }

  /** @param {string} text @param {string} told  what is said when it was copied */
  async copy(text, told) {
    const done = await copyText(text);
    this.context.notice(done ? told : "This page may not use the clipboard.", done ? "info" : "error");
  }
}
