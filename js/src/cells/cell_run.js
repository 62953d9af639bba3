// One run of a cell: its code goes to the kernel, what comes back stands below it as a host would put
// it there, with a limit on time. What is run, and who asked, is not known here.

/** @import { Notebook } from "./notebook.js" */

/**
 * @typedef {"ok" | "error" | "stopped" | "waiting" | "gone"} Ending  stopped: by the limit; waiting: another
 *   cell has the kernel, this one runs after it; gone: the kernel ended
 */

const TURN = 15_000; // ms that a cell may wait for its turn
const SHOWN = new Set(["stream", "display_data", "execute_result", "error"]);

/** Puts what the kernel says into the outputs of a cell. */
class Outputs {
  #clear = false; // with the next output
  /** @type {Map<string, number>} */
  #places = new Map();

  /** @param {any} outputs  a list of JupyterLab's */
  constructor(outputs) {
    this.outputs = outputs;
  }

  /** @param {any} message */
  take({ header, content }) {
    const kind = header.msg_type;
    if (kind === "clear_output") return content.wait ? void (this.#clear = true) : this.#empty();
    const id = content.transient?.display_id;
    const { transient: _, ...rest } = content;
    if (kind === "update_display_data") {
      const at = this.#places.get(id);
      if (at !== undefined) this.outputs.set(at, { ...rest, output_type: "display_data" });
    }
    if (!SHOWN.has(kind)) return;
    if (this.#clear) this.#empty();
    this.outputs.add({ ...rest, output_type: kind });
    if (id) this.#places.set(id, this.outputs.length - 1);
  }

  #empty() {
    this.#clear = false;
    this.#places.clear();
    this.outputs.clear();
  }
}

/** @param {any} cell @param {"running" | "idle"} state */
function mark(cell, state) {
  if ("executionState" in cell) cell.executionState = state;
}

/** A cell as it is before it runs. @param {any} cell */
function prepare(cell) {
  cell.trusted = true;
  cell.outputs.clear();
  cell.executionCount = null;
}

/** One run, from when the kernel has been asked for it. */
class CellRun {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #stopped = false;

  /** @param {any} kernel @param {any} cell @param {{ seconds?: number, signal?: AbortSignal }} limits */
  constructor(kernel, cell, { seconds, signal }) {
    this.kernel = kernel;
    const outputs = new Outputs(cell.outputs);
    const code = cell.sharedModel.getSource();
    const asked = { code, stop_on_error: true, allow_stdin: false, store_history: true };
    const future = kernel.requestExecute(asked, false, { cellId: cell.id });
    future.onIOPub = (/** @type {any} */ message) => {
      if (message.header.msg_type !== "execute_input") return outputs.take(message);
      clearTimeout(this.#timer);
      cell.executionCount = message.content.execution_count;
      if (seconds) this.#timer = setTimeout(this.#stop, seconds * 1000);
      if (signal?.aborted) this.#stop();
      signal?.addEventListener("abort", this.#stop, { once: true });
    };
    /** @type {Promise<Ending>} */
    this.ended = future.done.then(
      (/** @type {any} */ { content }) =>
        content.status === "ok" ? "ok" : this.#stopped ? "stopped" : "error",
      () => "gone",
    );
    mark(cell, "running");
    void this.ended.then(() => {
      clearTimeout(this.#timer);
      signal?.removeEventListener("abort", this.#stop);
      mark(cell, "idle");
    });
  }

  #stop = () => {
    this.#stopped = true;
    void this.kernel.interrupt();
  };

  /** How it ended, or that it still waits. @returns {Promise<Ending>} */
  async ending() {
    const turn = new Promise((resolve) => {
      this.#timer = setTimeout(() => resolve("waiting"), TURN);
    });
    return Promise.race([this.ended, turn]);
  }
}

/**
 * @param {Notebook} notebook @param {string} id @param {{ seconds?: number, signal?: AbortSignal }} [limits]
 * @returns {Promise<Ending>}
 */
export async function runCell(notebook, id, limits = {}) {
  const { kernel } = notebook;
  if (!kernel) throw new Error("This notebook has no kernel: start one first.");
  const cell = notebook.cell(id);
  prepare(cell);
  return new CellRun(kernel, cell, limits).ending();
}
