// "Insert into a cell" and "Run" for code in an answer, in the bar of each block and below the answer
// for all of them. Nothing runs that was not clicked, nor what holds characters that cannot be seen.
import { button, iconButton } from "../ui/buttons.js";
import { drawing, h } from "../ui/dom.js";
import { visible } from "../ui/visible.js";
import { runCell } from "./cell_run.js";
import { Notebook, reveal } from "./notebook.js";

/** @import { Context } from "../types" */
/** @typedef {{ element: HTMLElement, bar: HTMLElement, text: string }} Code */

const INSERT = "M2.5 2.5h11v4h-11zM8 9v5M5.5 11.500h5";
const RUN = "M5 3l7.500 5L5 13z";
/** What each answer has of code. @type {WeakMap<Element, Code[]>} */
const answers = new WeakMap();

/** @param {string} label @param {string} lines @param {() => void} onclick */
function iconOf(label, lines, onclick) {
  const made = iconButton(label, "plus", onclick);
  made.replaceChildren(drawing(lines));
  return made;
}

/** What is said where it could not be done. @param {Context} context @param {unknown} error */
const complain = ({ notice }, error) =>
  notice(error instanceof Error ? error.message : String(error), "error");

/** @param {string} text */
const sourceOf = (text) => text.replace(/\n+$/, "");

/** @param {Context} context @param {Code} code */
async function insert(context, code) {
  const notebook = new Notebook(context.model);
  const source = sourceOf(code.text);
  const id = await notebook.insert(source);
  reveal(context.root, notebook.placeOf(id));
  offerUndo(context, notebook, code, id, source);
  context.announce("Inserted into a cell");
  return { notebook, id };
}

/** @param {Context} context @param {Code} code */
async function run(context, code) {
  if (visible(code.text) !== code.text)
    throw new Error(
      "This code holds characters that cannot be seen: insert it, look at it, and run it there.",
    );
  const { notebook, id } = await insert(context, code);
  return runCell(notebook, id);
}

/**
 * The way back, for as long as the cell says what was put there.
 * @param {Context} context @param {Notebook} notebook @param {Code} code @param {string} id @param {string} source
 */
function offerUndo(context, notebook, { bar }, id, source) {
  for (const old of bar.querySelectorAll(".agui-cell-undo")) old.remove();
  const undo = button("Undo", () => {
    if (!notebook.remove(id, source))
      return context.notice("The cell was changed since: delete it in the notebook.", "error");
    undo.remove();
    context.announce("The cell was taken away");
  });
  undo.classList.add("agui-cell-undo");
  undo.title = "Take the cell away again";
  bar.lastElementChild?.before(undo);
}

/**
 * One after the other, in the order they stand in; a failure ends it.
 * @param {Context} context @param {() => Code[]} codes @param {(context: Context, code: Code) => Promise<any>} act
 */
const each = (context, codes, act) => async () => {
  try {
    for (const code of codes()) if ((await act(context, code)) === "error") break;
  } catch (error) {
    complain(context, error);
  }
};

/** @param {Context} context @param {HTMLElement} answer */
function offerAll(context, answer) {
  const actions = answer.querySelector(":scope > .agui-actions");
  const codes = () => (answers.get(answer) ?? []).filter(({ element }) => answer.contains(element));
  actions?.append(
    h("span", { class: "agui-cell-code", hidden: true }),
    iconOf("Insert the code into cells", INSERT, each(context, codes, insert)),
    iconOf("Run the code in cells", RUN, each(context, codes, run)),
  );
}

/** Buttons for a block of code that is whole. @param {Context} context @param {Code} code */
export function offerCode(context, code) {
  const self = () => [code];
  code.bar.lastElementChild?.before(
    iconOf("Insert into a cell", INSERT, each(context, self, insert)),
    iconOf("Run in a cell", RUN, each(context, self, run)),
  );
  const answer = /** @type {HTMLElement | null} */ (code.element.closest(".agui-answer"));
  if (!answer) return;
  const known = answers.get(answer);
  answers.set(answer, [...(known ?? []), code]);
  if (!known) offerAll(context, answer);
}
