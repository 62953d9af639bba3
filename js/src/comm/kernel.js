// The only file that knows the comm: takes what the kernel reports into the store, notices what was
// lost, sends commands, and says whether the kernel still answers. One per model.
import { ConversationStore } from "../document/store.js";
import { watchCells } from "./magic_cells.js";

/** @import { Command, Model, Report } from "../types" */

const SILENT_AFTER = 5000; // ms without any word after a command
const LOOK_AFTER = 10_000; // ms without any word while a run goes on; doubled while none comes
const STOP_PATIENCE = 1500; // ms a Stop may take to arrive: hosts may queue it behind the running cell
const ASK_AGAIN = 4000; // ms; doubled with each time the snapshot does not come
const HEIGHT = 480; // px, where the kernel says nothing
const MODULE_PATIENCE = 20_000; // ms
// what needs no answer, or whose answer says nothing of the kernel's health
const QUIET = new Set(["hello", "bundle", "events_close", "cells"]);

// large, and what is shown before they are here is right, only plain
const LATER = new Set(["highlight", "math"]);

/** When the page has a moment. @template T @param {T} given @returns {Promise<T>} */
const idle = (given) =>
  new Promise((resolve) =>
    (globalThis.requestIdleCallback ?? setTimeout)(() => resolve(given), { timeout: 500 }),
  );

/**
 * What the host and the page know of the connection: the kernel was shut down; the network, the page or
 * the socket is back. A host without such signals is left alone.
 * @param {any} kernel  of JupyterLab's widget manager
 * @param {() => void} lost @param {() => void} back @param {AbortSignal} signal
 */
function watchHost(kernel, lost, back, signal) {
  const changed = (/** @type {any} */ _, /** @type {string} */ status) => status === "connected" && back();
  for (const [word, slot] of /** @type {const} */ ([
    ["disposed", lost],
    ["connectionStatusChanged", changed],
  ])) {
    kernel?.[word]?.connect?.(slot);
    signal.addEventListener("abort", () => kernel?.[word]?.disconnect?.(slot));
  }
  for (const word of ["online", "pageshow"]) globalThis.addEventListener?.(word, back, { signal });
  const seen = () => document.hidden || back();
  globalThis.document?.addEventListener("visibilitychange", seen, { signal });
}

/**
 * @typedef {{ model: Model, signal: AbortSignal, hash: string, load: (bytes: any) => Promise<any> }} Connection
 *   hash: of the widget's module; load: makes a module of its bytes
 * @typedef {{ kind: string, listener: (report: any) => void }} Listening
 */

export const PAGE = String(Math.random()); // one that is loaded again is another one

export class Kernel {
  store = new ConversationStore();
  #seq = -1;
  /** @type {ReturnType<typeof setTimeout> | 0} */
  #asking = 0; // timer of an unanswered request for a snapshot
  /** @type {ReturnType<typeof setTimeout> | 0} */
  #silence = 0; // timer of an unanswered command
  /** @type {ReturnType<typeof setTimeout> | 0} */
  #stopping = 0; // timer of a Stop that has not arrived
  #queued = false; // it does not: only an interrupt would
  /** @type {ReturnType<typeof setTimeout> | 0} */
  #looking = 0; // timer of the next look whether anything was missed
  #looked = false; // it was asked, and what is missed is no fault of the host's
  /** @type {Set<Listening>} */
  #listening = new Set();
  /** @type {Map<string, { take(buffer: BufferSource): void, module: Promise<any> }>} */
  #modules = new Map();

  /** @param {Connection} given */
  constructor({ model, signal, hash, load }) {
    this.model = model;
    this.hash = hash;
    this.load = load;
    this.signal = signal;
    // the host says so when the kernel restarts; ipywidgets (seen in 8.1) has no other word for it, and
    // where it is not said the silence banner stands in
    model.on("comm_live_update", this.#lost);
    model.on("comm:close", this.#lost);
    watchCells(model.widget_manager?.context?.model?.cells);
    watchHost(model.widget_manager?.kernel, this.#lost, this.#look, signal);
    signal.addEventListener("abort", () => this.#rest());
  }

  /** No timer of ours goes on. */
  #rest() {
    for (const timer of [this.#asking, this.#silence, this.#stopping, this.#looking]) clearTimeout(timer);
  }

  #lost = () => {
    this.#rest();
    this.store.connect("dead");
  };

  /** A page that slept, or whose network changed, may have missed anything: the next number tells. */
  #look = () => {
    if (this.#seq < 0) return void (this.#asking && this.#sync(ASK_AGAIN));
    this.#looked = true;
    this.send({ kind: this.#stopping ? "stop" : "look" });
  };

  /** @param {number} patience ms */
  #lookLater(patience) {
    clearTimeout(this.#looking);
    const { document, view } = this.store;
    if (!view.running && document.runs.at(-1)?.status !== "running") return;
    this.#looking = setTimeout(() => {
      this.#look();
      this.#lookLater(patience * 2);
    }, patience);
  }

  /** Once what came before us has been received. */
  start() {
    if (this.#seq < 0) this.#sync(ASK_AGAIN);
  }

  /** @param {number} patience ms @param {boolean} [lost] a message that was sent did not arrive */
  #sync(patience, lost) {
    clearTimeout(this.#asking);
    this.#post(lost ? { kind: "sync", lost } : { kind: "sync" });
    this.#asking = setTimeout(() => this.#sync(patience * 2, lost), patience);
  }

  /** @param {Report} report @param {BufferSource[]} [buffers] */
  receive(report, buffers = []) {
    if (report.kind === "view" || ("running" in report && !report.running)) this.#stopped();
    this.#heard();
    if (report.kind === "snapshot") this.#snapshot(report);
    else if (report.kind === "ops") this.#operations(report);
    else if (report.kind === "view") this.#around(report);
    else if (report.kind === "bundle") this.#modules.get(report.name)?.take(buffers[0]);
    else if (report.kind === "saved")
      this.module("details").then((made) => made.keepSaved(this.model, report.bundle), console.warn);
    else if (report.kind === "cells") this.#toCells(report);
    else for (const { kind, listener } of this.#listening) if (kind === report.kind) listener(report);
    this.#lookLater(LOOK_AFTER);
  }

  /** What a notebook tool asks; of all pages with this notebook, one does it. @param {Extract<Report, { kind: "cells" }>} report */
  #toCells(report) {
    if (report.page !== PAGE) return;
    const reply = (/** @type {string} */ rid, /** @type {any} */ value) =>
      this.send({ kind: "cells", rid, value });
    this.module("cells").then((made) => made.answerKernel(this.model, report, reply), console.warn);
  }

  /** It takes no number, and tells which was the last. @param {Extract<Report, { kind: "view" }>} report */
  #around({ seq, view }) {
    if (this.#seq >= 0 && seq > this.#seq) this.#resync();
    this.store.surround(view);
  }

  #heard() {
    clearTimeout(this.#silence);
    this.#silence = 0;
    if (this.#seq >= 0) this.store.connect(this.#queued ? "queued" : "live");
  }

  #stopped() {
    clearTimeout(this.#stopping);
    this.#stopping = 0;
    this.#queued = false;
  }

  /** @param {Extract<Report, { kind: "snapshot" }>} report */
  #snapshot({ seq, document, view }) {
    clearTimeout(this.#asking);
    this.#seq = seq;
    this.store.surround(view);
    this.store.replace(document);
    this.store.connect("live");
  }

  /** @param {Extract<Report, { kind: "ops" }>} report */
  #operations({ seq, ops, running, eventCount }) {
    if (this.#seq < 0 || seq <= this.#seq) return; // before, or part of, the snapshot
    if (seq !== this.#seq + 1) return this.#resync();
    this.#looked = false;
    this.#seq = seq;
    try {
      this.store.apply(ops);
    } catch (error) {
      console.warn(error); // a snapshot mends it
      this.#resync();
    }
    if (running !== undefined && running !== this.store.view.running) this.store.surround({ running });
    if (eventCount !== undefined) this.store.count(eventCount);
  }

  #resync() {
    this.#seq = -1;
    this.#sync(ASK_AGAIN, !this.#looked);
    this.#looked = false;
  }

  /** @param {Command} command */
  send(command) {
    this.#post(command);
    if (command.kind === "stop") {
      this.#stopped();
      this.#stopping = setTimeout(() => {
        this.#queued = true;
        this.store.connect("queued");
      }, STOP_PATIENCE);
    }
    if (QUIET.has(command.kind) || this.#silence) return;
    this.#silence = setTimeout(() => this.store.connect("silent"), SILENT_AFTER);
  }

  /** @param {Command} command */
  #post(command) {
    if (this.store.connection === "dead") return;
    try {
      this.model.send(command);
    } catch {
      this.#lost(); // the host has thrown the channel away
    }
  }

  /** The widget's height in px, one for all its views. @param {AbortSignal} signal */
  height(signal) {
    const { model } = this;
    return {
      get: () => Number(model.get("height")) || HEIGHT,
      /** @param {number} px */
      set: (px) => {
        model.set?.("height", px);
        model.save_changes?.();
      },
      /** @param {() => void} listener */
      watch: (listener) => {
        model.on("change:height", listener);
        signal.addEventListener("abort", () => model.off("change:height", listener));
      },
    };
  }

  /** @param {string} kind @param {(report: any) => void} listener @param {AbortSignal} signal */
  on(kind, listener, signal) {
    const entry = { kind, listener };
    this.#listening.add(entry);
    signal.addEventListener("abort", () => this.#listening.delete(entry), { once: true });
  }

  /**
   * An optional module, kept per page and version of the widget.
   * @param {"details" | "forms" | "inspector" | "threads" | "surfaces" | "apps" | "cells" | "data" | "long" | "highlight" | "math"} name @returns {Promise<any>}
   */
  module(name) {
    const page = /** @type {Map<string, any>} */ (
      /** @type {any} */ (globalThis)[Symbol.for("agui_notebook.bundle")]
    );
    const key = `${this.hash}/${name}`;
    const known = page.get(key) ?? this.#fetch(name);
    page.set(key, known);
    known.module.catch(() => page.delete(key)); // another answer may try again
    this.#modules.set(name, known);
    return known.module;
  }

  /** @param {string} name */
  #fetch(name) {
    /** @type {(bytes: BufferSource) => void} */
    let take = () => {};
    const bytes = new Promise((resolve, reject) => {
      take = resolve;
      setTimeout(() => reject(new Error(`${name}.js did not come`)), MODULE_PATIENCE);
    });
    const module = (LATER.has(name) ? bytes.then(idle) : bytes).then(this.load);
    this.send({ kind: "bundle", name });
    return { module, take };
  }
}
