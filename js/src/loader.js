// The module every chat widget carries (`_esm`): it fetches the real one from the kernel, once per
// page, and starts it. Small, because notebooks save it per widget. Knows nothing of chats.
//
// What it needs of the model: trait `_hash` (of widget.js), trait `_key` (one per widget), a message
// {kind: "bundle", name: "widget", hash} with the module's bytes as its first buffer, pushed at
// construction or sent when {kind: "bundle", name: "widget", hash} asks for it. initialize() returns
// at once: anywidget drops every later message of a widget whose initialize() takes over 2 s.

/** @import { Model } from "./types" */
/** @typedef {{ module: Promise<any>, take: (bytes: BufferSource) => void, here: boolean }} Slot */

const PAGE = Symbol.for("agui_notebook.bundle");
const ASK_AFTER = 400; // ms; the kernel's own push is usually here by then
const PATIENCE = 5000; // ms until a blank cell says why it is blank

const page = /** @type {any} */ (globalThis);
/** @type {Map<string, Slot>} modules of this page by hash, shared by all widgets in it */
const slots = (page[PAGE] ??= new Map());
/** @type {Map<string, Promise<any>>} what module.connect() made, by widget */
const kernels = new Map();

/** @param {BufferSource} bytes */
async function load(bytes) {
  const url = URL.createObjectURL(new Blob([bytes], { type: "text/javascript" }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** @param {string} hash @returns {Slot} */
function slotFor(hash) {
  let slot = slots.get(hash);
  if (!slot) {
    /** @type {(module: any) => void} */
    let resolve;
    const module = new Promise((done) => (resolve = done));
    slot = {
      module,
      here: false,
      take(bytes) {
        if (!this.here) resolve(load(bytes));
        this.here = true;
      },
    };
    slots.set(hash, slot);
  }
  return slot;
}

/** @param {Model} model @param {AbortSignal} signal @returns {Promise<any>} */
function start(model, signal) {
  const hash = String(model.get("_hash") ?? "");
  const slot = slotFor(hash);
  /** @type {[any, any][]} */
  const inbox = [];
  let deliver = (/** @type {any} */ message, /** @type {any} */ buffers) => {
    if (message.kind === "bundle" && message.name === "widget") slot.take(buffers[0]);
    else inbox.push([message, buffers]);
  };
  const listener = (/** @type {any} */ message, /** @type {any} */ buffers) => deliver(message, buffers);
  model.on("msg:custom", listener);
  signal.addEventListener("abort", () => model.off("msg:custom", listener));
  const ask = () => {
    if (!slot.here && !signal.aborted) model.send({ kind: "bundle", name: "widget", hash });
  };
  setTimeout(ask, ASK_AFTER);
  return slot.module.then((module) => {
    const made = module.connect({ model, signal, hash, load });
    deliver = (message, buffers) => made.receive(message, buffers);
    for (const [message, buffers] of inbox) made.receive(message, buffers);
    made.start();
    return made;
  });
}

/** anywidget before 0.11 gives no signal and calls what is returned. @param {AbortSignal | undefined} signal */
function lifetime(signal) {
  if (signal) return { signal, end: undefined };
  const own = new AbortController();
  return { signal: own.signal, end: () => own.abort() };
}

/** @param {HTMLElement} el @param {string} text */
function say(el, text) {
  el.textContent = text;
  el.style.font = "13px var(--jp-ui-font-family, system-ui, sans-serif)";
}

export default {
  /** @param {{ model: Model, signal?: AbortSignal }} given */
  initialize({ model, signal: given }) {
    const { signal, end } = lifetime(given);
    const key = String(model.get("_key") ?? "");
    kernels.set(key, start(model, signal));
    signal.addEventListener("abort", () => kernels.delete(key));
    return end;
  },

  /** @param {{ model: Model, el: HTMLElement, signal?: AbortSignal }} given */
  render({ model, el, signal: given }) {
    const { signal, end } = lifetime(given);
    const patience = setTimeout(
      say,
      PATIENCE,
      el,
      "The kernel has not sent this chat yet. It may be busy; if it is gone, run this cell again.",
    );
    signal.addEventListener("abort", () => clearTimeout(patience));
    kernels.get(String(model.get("_key") ?? ""))?.then((kernel) => {
      clearTimeout(patience);
      if (signal.aborted) return;
      el.textContent = "";
      kernel.render(el, signal);
    });
    return end;
  },
};
