// The state tab: what agent and user share, as a tree that can be edited, or as raw JSON. An edit
// goes to the kernel at once and to the agent with the next run. How trees look: json_tree.js.

import { copyText } from "../clipboard.js";
import { h, icon, setText } from "../dom.js";
import { kindOf, pointerOf, replaced, sizeOf } from "../json_rows.js";
import { jsonTree } from "./json_tree.js";

/** @import { Row } from "../json_rows.js" */
/** @import { Context, Operation, View } from "../types" */
/** @typedef {(string | number)[]} Path */

const HINT = "Not valid JSON. Text stands in quotes.";

/** @param {string} label @param {Parameters<typeof icon>[0]} name @param {(event: Event) => void} onclick */
const iconButton = (label, name, onclick) =>
  h(
    "button",
    {
      type: "button",
      class: "agui-icon-button",
      tabindex: "-1",
      "aria-label": label,
      title: label,
      onclick,
    },
    icon(name),
  );

/** @param {unknown} value */
const holds = (value) => typeof value === "object" && value !== null;

/** A field for a value as JSON, with a name before it where one is asked for. */
class Editor {
  /**
   * @param {{text: string, named: boolean, label: string}} start
   * @param {(value: any, key: string) => string} save  returns what is wrong, "" when saved
   * @param {() => void} close
   */
  constructor({ text, named, label }, save, close) {
    this.key = named
      ? h("input", { class: "agui-input", "aria-label": "Key", placeholder: "key" })
      : null;
    this.value = h("textarea", {
      class: "agui-input agui-code-input",
      rows: 1,
      "aria-label": label,
      spellcheck: "false",
    });
    this.value.value = text;
    this.problem = h("span", { class: "agui-problem", role: "alert" });
    this.save = () => setText(this.problem, this.#read(save) || (close(), ""));
    this.node = h(
      "div",
      {
        class: "agui-tree-edit",
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event, close),
      },
      this.key,
      this.value,
      h(
        "button",
        { type: "button", class: "agui-button agui-primary", onclick: this.save },
        "Save",
      ),
      h("button", { type: "button", class: "agui-button", onclick: close }, "Cancel"),
      this.problem,
    );
  }

  /** @param {(value: any, key: string) => string} save */
  #read(save) {
    try {
      return save(JSON.parse(this.value.value), this.key?.value ?? "");
    } catch {
      return HINT;
    }
  }

  /** @param {KeyboardEvent} event @param {() => void} close */
  #key(event, close) {
    event.stopPropagation();
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.save();
    else return;
    event.preventDefault();
  }

  focus() {
    (this.key ?? this.value).focus();
    this.value.select();
  }
}

class StateTab {
  /** @type {unknown[]} what the state was before each edit since the last run */
  #before = [];
  #edited = false;
  #raw = false;
  #stale = true;
  #shown = false;

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.tree = jsonTree(
      {},
      {
        label: "Shared state",
        flash: true,
        open: 3,
        actions: (row) => this.#actions(row),
        onkey: (row, key) => this.#rowKey(row, key),
      },
    );
    this.empty = h(
      "p",
      { class: "agui-empty" },
      "No shared state yet. It appears here when the agent sends some, or when you add to it.",
    );
    this.mark = h("span", { class: "agui-pill", role: "status" });
    this.undo = h(
      "button",
      { type: "button", class: "agui-button agui-quiet", onclick: () => this.#undo() },
      icon("retry"),
      "Undo",
    );
    this.add = h(
      "button",
      { type: "button", class: "agui-button agui-quiet", onclick: () => this.#grow([], this.body) },
      icon("plus"),
      "Add",
    );
    this.mode = h(
      "button",
      {
        type: "button",
        class: "agui-button agui-quiet",
        "aria-pressed": "false",
        onclick: () => this.#flip(),
      },
      "JSON",
    );
    this.copy = h(
      "button",
      { type: "button", class: "agui-button agui-quiet", onclick: () => this.#copy() },
      icon("copy"),
      "Copy",
    );
    this.rawText = h("textarea", {
      class: "agui-input agui-code-input agui-raw",
      "aria-label": "Shared state as JSON",
      spellcheck: "false",
      oninput: () => this.#rawChanged(),
    });
    this.rawProblem = h("span", { class: "agui-problem", role: "alert" });
    this.rawSave = h(
      "button",
      { type: "button", class: "agui-button agui-primary", onclick: () => this.#saveRaw() },
      "Save",
    );
    this.rawBox = h(
      "div",
      { class: "agui-raw-box", hidden: true },
      this.rawText,
      h(
        "div",
        { class: "agui-toolbar" },
        this.rawProblem,
        h("span", { class: "agui-space" }),
        this.rawSave,
      ),
    );
    this.body = h("div", { class: "agui-state-body" }, this.empty, this.tree.node, this.rawBox);
    this.node = h(
      "div",
      { class: "agui-state" },
      h(
        "div",
        { class: "agui-toolbar" },
        this.mark,
        this.undo,
        h("span", { class: "agui-space" }),
        this.add,
        this.copy,
        this.mode,
      ),
      this.body,
    );
  }

  get #state() {
    return this.context.store.document.state;
  }

  show() {
    this.#shown = true;
    this.draw();
  }

  hide() {
    this.#shown = false;
  }

  /** Between runs every change is an edit, whoever made it. @param {Operation} operation */
  noted(operation) {
    const whole = operation[1].length === 0;
    const running = this.context.store.document.runs.at(-1)?.status === "running";
    if (operation[1][0] === "runs" && running) this.#forget();
    else if (operation[1][0] === "state" && !running) this.#edited = true;
    else if (whole) this.#forget();
    this.#stale = true;
  }

  touch() {
    this.#stale = true;
  }

  #forget() {
    this.#edited = false;
    this.#before = [];
  }

  draw() {
    if (!this.#shown || !this.#stale) return;
    this.#stale = false;
    const state = this.#state;
    const nothing = !holds(state) || sizeOf(state) === 0;
    this.empty.hidden = !nothing || this.#raw;
    this.tree.node.hidden = this.#raw || (holds(state) && nothing);
    this.rawBox.hidden = !this.#raw;
    if (!this.#raw) this.tree.update(state);
    else if (this.rawSave.disabled) this.rawText.value = JSON.stringify(state, null, 2) ?? "";
    this.add.hidden = this.#raw || !holds(state) || !this.#editable();
    this.rawText.readOnly = !this.#editable();
    this.mark.hidden = !this.#edited;
    setText(this.mark, this.#edited ? "Edited, goes with the next run" : "");
    this.undo.hidden = !this.#before.length;
  }

  #editable() {
    const { view, connection } = this.context.store;
    return !view.readonly && connection !== "dead";
  }

  /** @param {unknown} value */
  #send(value) {
    this.#before.push(this.#state);
    this.context.send({ kind: "set_state", value });
  }

  #undo() {
    const value = this.#before.pop();
    this.context.send({ kind: "set_state", value });
  }

  async #copy() {
    const done = await copyText(JSON.stringify(this.#state, null, 2));
    this.context.notice(
      done ? "State copied." : "This page may not use the clipboard.",
      done ? "info" : "error",
    );
  }

  /** @param {Row} row */
  #actions(row) {
    if (row.kind === "more") return [];
    const buttons = [iconButton("Edit", "edit", () => this.#edit(row.path))];
    if (holds(row.value))
      buttons.unshift(
        iconButton("Add", "plus", () => this.#grow(row.path, this.tree.item(row.pointer))),
      );
    if (row.path.length)
      buttons.push(
        iconButton("Remove", "cross", () => this.#send(replaced(this.#state, row.path, undefined))),
      );
    return this.#editable() ? buttons : [];
  }

  /** @param {Row} row @param {string} key */
  #rowKey(row, key) {
    if (!this.#editable() || row.kind === "more") return false;
    if (key === "Enter" || key === "F2") this.#edit(row.path);
    else if (key === "Delete" && row.path.length)
      this.#send(replaced(this.#state, row.path, undefined));
    else if (key === "+" && holds(row.value)) this.#grow(row.path, this.tree.item(row.pointer));
    else return false;
    return true;
  }

  /** @param {Path} path */
  #valueAt(path) {
    return path.reduce((/** @type {any} */ at, step) => at?.[step], this.#state);
  }

  /** @param {Path} path */
  #edit(path) {
    const text = JSON.stringify(this.#valueAt(path), null, 2) ?? "null";
    this.#open(
      { text, named: false, label: `New value of ${path.join(".") || "the state"}` },
      this.tree.item(pointerOf(path)),
      (value) => {
        this.#send(replaced(this.#state, path, value));
        return "";
      },
    );
  }

  /** @param {Path} path @param {HTMLElement | undefined} place */
  #grow(path, place) {
    const list = kindOf(this.#valueAt(path)) === "array";
    this.#open({ text: "", named: !list, label: "Value" }, place, (value, key) => {
      const held = this.#valueAt(path);
      if (!list && !key) return "Give it a key.";
      if (!list && Object.hasOwn(held, key)) return `There is a key ${key} already.`;
      this.#send(replaced(this.#state, [...path, list ? held.length : key], value));
      return "";
    });
  }

  /** @param {{text: string, named: boolean, label: string}} start @param {HTMLElement | undefined} place @param {(value: any, key: string) => string} save */
  #open(start, place, save) {
    if (!place || place.querySelector(":scope > .agui-tree-edit")) return;
    const editor = new Editor(start, save, () => {
      const within = editor.node.closest("[role=treeitem]");
      editor.node.remove();
      /** @type {HTMLElement | null} */ (within)?.focus();
    });
    place.append(editor.node);
    editor.focus();
  }

  #flip() {
    this.#raw = !this.#raw;
    this.mode.setAttribute("aria-pressed", String(this.#raw));
    this.rawSave.disabled = true;
    setText(this.rawProblem, "");
    this.#stale = true;
    this.draw();
  }

  #rawChanged() {
    this.rawSave.disabled = false;
    setText(this.rawProblem, "");
  }

  #saveRaw() {
    try {
      const value = JSON.parse(this.rawText.value);
      this.rawSave.disabled = true;
      this.#send(value);
    } catch {
      setText(this.rawProblem, HINT);
    }
  }
}

/** @param {Context} context @returns {View} */
export function stateTab(context) {
  const tab = new StateTab(context);
  const { store, frames, signal } = context;
  const draw = () => tab.draw();
  for (const path of [["state"], ["runs"]]) {
    store.subscribe(
      path,
      (operation) => {
        tab.noted(operation);
        frames.request(draw);
      },
      signal,
    );
  }
  for (const topic of /** @type {const} */ (["view", "connection"]))
    store.watch(topic, () => (tab.touch(), frames.request(draw)), signal);
  return { node: tab.node, show: () => tab.show(), hide: () => tab.hide() };
}
