// The state tab: what agent and user share, as a tree that can be edited, or as raw JSON. An edit
// goes to the kernel at once and to the agent with the next run. How trees look: json_tree.js.

import { button, iconButton, press, space, toolbar } from "../ui/buttons.js";
import { copyButton } from "../ui/clipboard.js";
import { h, setText } from "../ui/dom.js";
import { kindOf, replaceAt, sizeOf } from "../ui/json_rows.js";
import { jsonTree } from "../ui/json_tree.js";
import { faultOf } from "./json_fault.js";
import { valueEditor } from "./value_editor.js";

/** @import { Row } from "../ui/json_rows.js" */
/** @import { Context, Operation, Path, View } from "../types" */

const GONE = "Its place is gone: the agent changed what is around it.";

/** @param {unknown} value */
const holds = (value) => typeof value === "object" && value !== null;

class StateTab {
  /** @type {unknown[]} what the state was before each edit since the last run */
  #before = [];
  #edited = false;
  #thread = "";
  #raw = false;
  #stale = true;
  #shown = false;

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    const actions = (/** @type {Row} */ row) => this.#actions(row);
    const onkey = (/** @type {Row} */ row, /** @type {string} */ key) => this.#rowKey(row, key);
    const onlost = (/** @type {Element} */ guest) => this.body.append(guest); // an edit whose row is gone
    const open = { label: "Shared state", flash: true, open: 3 };
    this.tree = jsonTree(undefined, { ...open, actions, onkey, onlost });
    this.empty = h(
      "p",
      { class: "agui-empty" },
      "No shared state yet. It appears here when the agent sends some, or when you add to it.",
    );
    this.mark = h("span", { class: "agui-pill", role: "status" });
    this.undo = button("Undo", () => this.#undo(), { icon: "retry" });
    this.add = button("Add", () => this.#grow([]), { icon: "plus" });
    this.mode = button("JSON", () => this.#flip(), { pressed: false });
    const copy = copyButton(() => JSON.stringify(this.#state, null, 2), "Copy state");
    this.rawText = h("textarea", {
      class: "agui-input agui-code-input agui-raw",
      "aria-label": "Shared state as JSON",
      spellcheck: "false",
      oninput: () => this.#rawChanged(false),
    });
    this.rawProblem = h("span", { class: "agui-problem", role: "alert" });
    this.rawSave = button("Save", () => this.#saveRaw(), { kind: "primary" });
    this.rawBox = h(
      "div",
      { class: "agui-raw-box", hidden: true },
      this.rawText,
      toolbar(this.rawProblem, space(), this.rawSave),
    );
    this.body = h("div", { class: "agui-state-body" }, this.empty, this.tree.node, this.rawBox);
    this.node = h(
      "div",
      { class: "agui-state" },
      toolbar(this.mark, this.undo, space(), this.add, copy, this.mode),
      this.body,
    );
  }

  get #state() {
    return this.context.store.document.state;
  }

  get #editable() {
    const { view, connection } = this.context.store;
    return !view.readonly && connection !== "dead";
  }

  /** @param {boolean} shown */
  turn(shown) {
    this.#shown = shown;
    this.draw();
  }

  /** Between runs every change is an edit, whoever made it. @param {Operation} [operation] */
  noted(operation) {
    const place = operation?.[1][0];
    const running = this.context.store.document.runs.at(-1)?.status === "running";
    if (place === "state" && !running) this.#edited = true;
    else if ((place === "runs" && running) || operation?.[1].length === 0) this.#forget();
    this.#stale = true;
  }

  #forget() {
    this.#edited = false;
    this.#before = [];
  }

  draw() {
    const { threadId } = this.context.store.document;
    if (threadId !== this.#thread) this.#forget(); // another thread begins with what nobody edited
    this.#thread = threadId;
    if (!this.#shown || !this.#stale) return;
    this.#stale = false;
    const state = this.#state;
    const nothing = state === null || (holds(state) && sizeOf(state) === 0);
    this.empty.hidden = !nothing || this.#raw;
    this.tree.node.hidden = nothing || this.#raw;
    this.rawBox.hidden = !this.#raw;
    if (!this.#raw) this.tree.update(state);
    else if (this.rawSave.disabled) this.rawText.value = JSON.stringify(state, null, 2) ?? "";
    this.add.hidden = this.#raw || !holds(state) || !this.#editable;
    this.rawText.readOnly = !this.#editable;
    setText(this.mark, this.#edited ? "Edited, goes with the next run" : "");
    this.undo.hidden = !this.#before.length;
  }

  /** @param {unknown} value */
  #send(value) {
    this.#before.push(this.#state);
    this.context.send({ kind: "set_state", value });
    return "";
  }

  #undo() {
    this.context.send({ kind: "set_state", value: this.#before.pop() });
  }

  /**
   * What may be done to a row: by its buttons, and by these keys.
   * @param {Row} row @returns {[string, Parameters<typeof iconButton>[1], string, () => void][]}
   */
  #deeds(row) {
    if (!this.#editable || row.kind === "more") return [];
    return [
      ...(holds(row.value)
        ? [/** @type {const} */ (["Add", "plus", "+", () => this.#grow(row.path, row.pointer)])]
        : []),
      ["Edit", "edit", "F2", () => this.#edit(row.path, row.pointer)],
      ...(row.path.length
        ? [
            /** @type {const} */ ([
              "Remove",
              "cross",
              "Delete",
              () => this.#send(replaceAt(this.#state, row.path, undefined)),
            ]),
          ]
        : []),
    ].map((deed) => /** @type {any} */ (deed));
  }

  /** @param {Row} row */
  #actions(row) {
    const buttons = this.#deeds(row).map(([label, icon, , act]) => iconButton(label, icon, act));
    return row.kind === "boolean" && buttons.length ? [...buttons, this.#flipper(row)] : buttons;
  }

  /** @param {Row} row  of a boolean */
  #flipper({ path, key, value }) {
    const flip = () => this.#send(replaceAt(this.#state, path, !value));
    const name = `Turn ${key || "it"} ${value ? "off" : "on"}`;
    return h("button", { class: "agui-switch", "aria-label": name, title: name, onclick: flip });
  }

  /** @param {Row} row @param {string} key */
  #rowKey(row, key) {
    const deed = this.#deeds(row).find(([, , own]) => own === (key === "Enter" ? "F2" : key));
    deed?.[3]();
    return Boolean(deed);
  }

  /** @param {Path} path */
  #valueAt(path) {
    return path.reduce((/** @type {any} */ at, step) => at?.[step], this.#state);
  }

  /** @param {Path} path @param {string} pointer */
  #edit(path, pointer) {
    const before = this.#valueAt(path) ?? null;
    this.#open(
      { value: before, named: false, label: `New value of ${path.join(".") || "the state"}` },
      pointer,
      (value) =>
        path.length && !holds(this.#valueAt(path.slice(0, -1)))
          ? GONE
          : this.#send(replaceAt(this.#state, path, value)),
    );
  }

  /** @param {Path} path @param {string} [pointer]  none: above all rows */
  #grow(path, pointer) {
    const kind = kindOf(this.#valueAt(path));
    const list = kind === "array";
    this.#open({ value: undefined, named: !list, label: "Value" }, pointer, (value, key) => {
      const held = this.#valueAt(path);
      if (kindOf(held) !== kind) return GONE;
      if (!list && !key) return "Give it a key.";
      if (!list && Object.hasOwn(held, key)) return `There is a key ${key} already.`;
      return this.#send(replaceAt(this.#state, [...path, list ? held.length : key], value));
    });
  }

  /**
   * @param {{value: unknown, named: boolean, label: string}} start @param {string | undefined} pointer @param {(value: any, key: string) => string} save
   */
  #open(start, pointer, save) {
    const place = () => (pointer === undefined ? this.body : this.tree.item(pointer));
    if (place()?.querySelector(":scope > .agui-tree-edit")) return;
    const { node, focus } = valueEditor(start, save, () => {
      node.remove();
      place()?.focus(); // the row may be drawn anew by now
    });
    place()?.append(node);
    focus();
  }

  #flip() {
    this.#raw = !this.#raw;
    press(this.mode, this.#raw);
    this.#rawChanged(true);
    this.#stale = true;
    this.draw();
  }

  /** @param {boolean} saved */
  #rawChanged(saved) {
    this.rawSave.disabled = saved;
    setText(this.rawProblem, "");
  }

  #saveRaw() {
    const fault = faultOf(this.rawText.value);
    setText(this.rawProblem, fault);
    if (fault) return;
    this.#send(JSON.parse(this.rawText.value));
    this.#rawChanged(true);
  }
}

/** @param {Context} context @returns {View} */
export function stateTab(context) {
  const tab = new StateTab(context);
  const { store, frames, signal } = context;
  const draw = () => tab.draw();
  const wake = (/** @type {Operation} */ operation) => {
    tab.noted(operation);
    frames.request(draw);
  };
  const around = () => {
    tab.noted();
    frames.request(draw);
  };
  store.subscribe(["state"], wake, signal);
  store.subscribe(["runs"], wake, signal);
  store.watch("view", around, signal);
  store.watch("connection", around, signal);
  return { node: tab.node, show: () => tab.turn(true), hide: () => tab.turn(false) };
}
