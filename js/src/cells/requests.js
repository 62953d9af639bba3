// What the kernel's notebook tools ask of the page, word by word, each answered once. Whether the user
// wants it was asked by the kernel before; what a cell is and how it runs is known in the files beside.
import { runCell } from "./cell_run.js";
import { Notebook } from "./notebook.js";

/** @import { Model, Report } from "../types" */
/** @typedef {Extract<Report, { kind: "cells" }>} Asked */

const LARGEST = 200_000; // characters of outputs that are sent back
/** What runs, by the number of what was asked. @type {Map<string, AbortController>} */
const running = new Map();

/** @param {any} output  as the notebook's file holds it @returns {{ kind: string, text: string }} */
function toldOf(output) {
  const joined = (/** @type {any} */ text) => (Array.isArray(text) ? text.join("") : String(text ?? ""));
  if (output.output_type === "stream") return { kind: output.name, text: joined(output.text) };
  if (output.output_type === "error") {
    const trace = (output.traceback ?? []).join("\n");
    return { kind: "error", text: trace || `${output.ename}: ${output.evalue}` };
  }
  const pictures = Object.keys(output.data ?? {}).filter((kind) => kind.startsWith("image/"));
  return { kind: pictures[0] ?? "result", text: joined(output.data?.["text/plain"]) };
}

/** The outputs of a cell, at most ``most`` characters of them. @param {any} cell @param {number} most */
function outputsOf(cell, most) {
  const told = (cell.outputs?.toJSON() ?? []).map(toldOf);
  let room = most;
  return told.flatMap((/** @type {{ kind: string, text: string }} */ one) => {
    if (room <= 0) return [];
    const text = one.text.slice(0, room);
    room -= text.length;
    return [text === one.text ? one : { ...one, text, cut: one.text.length }];
  });
}

/** @param {any} cell @param {number} at */
const about = (cell, at) => ({
  cell: cell.id,
  position: at + 1,
  kind: cell.type,
  source: cell.sharedModel.getSource(),
});

/** @type {Record<string, (notebook: Notebook, asked: Asked) => any>} */
const WORDS = {
  insert: async (notebook, { source = "", type, after }) => ({
    cell: await notebook.insert(source, type, after),
  }),
  replace(notebook, { cell = "", source = "" }) {
    const before = notebook.cell(cell).sharedModel.getSource();
    notebook.replace(cell, source);
    return { cell, before };
  },
  read(notebook, { first = 1, last = 0 }) {
    const found = [];
    const end = Math.min(last, notebook.cells.length);
    for (let at = first - 1; at < end; at += 1) {
      const cell = notebook.cells.get(at);
      found.push({ ...about(cell, at), outputs: outputsOf(cell, LARGEST / (end - first + 1)) });
    }
    return { cells: found, count: notebook.cells.length };
  },
  async run(notebook, { rid, source = "", seconds }) {
    const id = await notebook.insert(source);
    const life = new AbortController();
    running.set(rid, life);
    const ending = await runCell(notebook, id, { seconds, signal: life.signal });
    running.delete(rid);
    return { cell: id, ending, outputs: outputsOf(notebook.cell(id), LARGEST) };
  },
};

/**
 * @param {Model} model @param {Asked} asked @param {(rid: string, value: any) => void} reply
 */
export async function answerKernel(model, asked, reply) {
  if (asked.do === "stop") return running.get(asked.rid)?.abort();
  try {
    reply(asked.rid, await WORDS[asked.do](new Notebook(model), asked));
  } catch (error) {
    reply(asked.rid, { error: error instanceof Error ? error.message : String(error) });
  }
}
