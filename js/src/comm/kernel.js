// The only file that knows the comm: takes what the kernel reports into the store, notices what was
// lost, sends commands, and says whether the kernel still answers. One per model.
import { ConversationStore } from "../document/store.js";

/** @import { Command, Model, Report } from "../types" */

const SILENT_AFTER = 5000; // ms without any word after a command
const ASK_AGAIN = 4000; // ms; doubled with each time the snapshot does not come
const HEIGHT = 480; // px, where the kernel says nothing
const MODULE_PATIENCE = 20_000; // ms
// what needs no answer, or whose answer says nothing of the kernel's health
const QUIET = new Set(["hello", "bundle", "events_close"]);

// large, and what is shown before they are here is right, only plain
const LATER = new Set(["highlight", "math"]);

/** When the page has a moment. @template T @param {T} given @returns {Promise<T>} */
const idle = (given) =>
  new Promise((resolve) =>
    (globalThis.requestIdleCallback ?? setTimeout)(() => resolve(given), { timeout: 500 }),
  );

/**
 * @typedef {{ model: Model, signal: AbortSignal, hash: string, load: (bytes: any) => Promise<any> }} Connection
 *   hash: of the widget's module; load: makes a module of its bytes
 * @typedef {{ kind: string, listener: (report: any) => void }} Listening
 */

export class Kernel {
  store = new ConversationStore();
  #seq = -1;
  /** @type {ReturnType<typeof setTimeout> | 0} */
  #asking = 0; // timer of an unanswered request for a snapshot
  /** @type {ReturnType<typeof setTimeout> | 0} */
  #silence = 0; // timer of an unanswered command
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
    signal.addEventListener("abort", () => {
      clearTimeout(this.#asking);
      clearTimeout(this.#silence);
    });
  }

  #lost = () => {
    clearTimeout(this.#asking);
    clearTimeout(this.#silence);
    this.store.connect("dead");
  };

  /** Once what came before us has been received. */
  start() {
    if (this.#seq < 0) this.#sync(ASK_AGAIN);
  }

  /** @param {number} patience ms */
  #sync(patience) {
    clearTimeout(this.#asking);
    this.#post({ kind: "sync" });
    this.#asking = setTimeout(() => this.#sync(patience * 2), patience);
  }

  /** @param {Report} report @param {BufferSource[]} [buffers] */
  receive(report, buffers = []) {
    this.#heard();
    if (report.kind === "snapshot") this.#snapshot(report);
    else if (report.kind === "ops") this.#operations(report);
    else if (report.kind === "view") this.store.surround(report.view);
    else if (report.kind === "bundle") this.#modules.get(report.name)?.take(buffers[0]);
    else if (report.kind === "saved")
      this.module("details").then((made) => made.keepSaved(this.model, report.bundle), console.warn);
    else for (const { kind, listener } of this.#listening) if (kind === report.kind) listener(report);
  }

  #heard() {
    clearTimeout(this.#silence);
    this.#silence = 0;
    if (this.#seq >= 0) this.store.connect("live");
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
    this.#seq = seq;
    try {
      this.store.apply(ops);
    } catch (error) {
      console.warn("asking for a snapshot:", error);
      this.#resync();
    }
    if (running !== undefined && running !== this.store.view.running) this.store.surround({ running });
    if (eventCount !== undefined) this.store.count(eventCount);
  }

  #resync() {
    this.#seq = -1;
    this.#sync(ASK_AGAIN);
  }

  /** @param {Command} command */
  send(command) {
    this.#post(command);
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
   * @param {"details" | "inspector" | "threads" | "highlight" | "math"} name @returns {Promise<any>}
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
      setTimeout(() => reject(new Error(`the kernel did not send ${name}.js`)), MODULE_PATIENCE);
    });
    const module = (LATER.has(name) ? bytes.then(idle) : bytes).then(this.load);
    this.send({ kind: "bundle", name });
    return { module, take };
  }
}
