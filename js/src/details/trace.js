// Where the user's own code failed: its lines, folded, and the way to the cell they stand in. What
// went wrong is said by whoever shows this.
import { h } from "../ui/dom.js";

/** @import { Context, Frame } from "../types" */

/** @param {Frame} frame */
const whereOf = ({ place, line, name }) =>
  `${place}, line ${line}${name === "<module>" ? "" : `, in ${name}`}`;

/**
 * The prompt of a cell as JupyterLab and Notebook draw it, if the cell is on the page.
 * @param {string} cell  "In[3]"
 */
function promptOf(cell) {
  const said = cell.slice(2) + ":";
  return [...document.querySelectorAll(".jp-InputPrompt")].find((one) => one.textContent === said);
}

/** @param {Context} context @param {Frame} frame */
function frameNode({ notice }, frame) {
  const show = () => {
    const prompt = promptOf(frame.cell ?? "");
    if (prompt) prompt.closest(".jp-Cell")?.scrollIntoView({ block: "center" });
    else notice(`Cell ${frame.cell} is not on this page now.`);
  };
  const where = frame.cell
    ? h("button", { class: "agui-link", onclick: show }, whereOf(frame))
    : h("span", {}, whereOf(frame));
  return h("li", {}, where, frame.code && h("pre", { class: "agui-value" }, frame.code));
}

/** @param {Context} context @param {Frame[] | undefined} frames  outermost first */
export function trace(context, frames) {
  const last = frames?.at(-1);
  if (!frames || !last) return null;
  const list = frames.map((frame) => frameNode(context, frame));
  return h("details", { class: "agui-trace" }, h("summary", {}, whereOf(last)), h("ol", {}, list));
}
