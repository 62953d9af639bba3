// The list of threads over the chat: search, open, rename, pin, delete with undo. What it shows comes
// from the kernel with each change.
import { button, iconButton } from "../ui/buttons.js";
import { isComposing } from "../ui/composition.js";
import { saveText } from "../ui/clipboard.js";
import { div, drawing, h, setText, span } from "../ui/dom.js";
import { threadText } from "./thread_text.js";

/** @import { Context, StoredThread } from "../types" */

const PIN = "M8 14v-4M5 10h6l-1-4V2.500H6V6z";
const FORMATS = [
  ["thread.md", "Markdown"],
  ["thread.jsonl", "Recording"],
  ["test", "pytest test"],
];
const PAUSE = 150; // ms of not typing before a search

class ThreadList {
  #rows = h("ul", { class: "agui-thread-rows", "aria-label": "Threads" });
  #note = h("div", { class: "agui-thread-note", role: "status" }); // what can be undone
  #none = h("div", { class: "agui-thread-note", role: "status" });
  #current = "";
  #wanted = new Set(); // formats asked for here: the answer goes to all views
  /** @type {ReturnType<typeof setTimeout> | 0} */
  #timer = 0;

  /** @param {Context} context @param {() => void} closed */
  constructor(context, closed) {
    this.context = context;
    this.closed = closed;
    this.search = h("input", {
      class: "agui-input",
      type: "search",
      placeholder: "Search all threads",
      "aria-label": "Search all threads",
      oninput: () => this.#typed(),
    });
    const close = iconButton("Close", "cross", () => this.close());
    this.node = h(
      "div",
      {
        class: "agui-threads",
        role: "dialog",
        "aria-label": "Threads",
        onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.close(),
      },
      div("agui-thread-head", this.search, close),
      this.#note,
      this.#none,
      this.#rows,
    );
    this.over = new AbortController();
    const both = AbortSignal.any([this.over.signal, context.signal]);
    context.on("threads", (told) => this.#show(told.search, told.threads, told.current), both);
    context.on(
      "exported",
      ({ format, name, text }) => this.#wanted.delete(format) && saveText(name, text, "text/plain"),
      both,
    );
  }

  open() {
    this.context.root.append(this.node);
    this.search.focus();
    this.#ask();
  }

  close() {
    clearTimeout(this.#timer);
    this.over.abort();
    this.node.remove();
    this.closed();
  }

  #ask() {
    this.context.send({ kind: "threads", search: this.search.value.trim() });
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE);
  }

  /** @param {string} search @param {StoredThread[]} threads @param {string} current */
  #show(search, threads, current) {
    if (search !== this.search.value.trim()) {
      if (!search) this.#ask(); // something was changed while a search is typed
      return; // another answer is on its way
    }
    this.#current = current;
    this.#rows.replaceChildren(...threads.map((thread) => this.#row(thread)));
    const none = search ? `No thread holds “${search}”.` : "No conversation is kept yet.";
    setText(this.#none, threads.length ? "" : none);
  }

  /** @param {StoredThread} thread */
  #row(thread) {
    const { key, title, pinned } = thread;
    const open = h(
      "button",
      { class: "agui-thread-open", "aria-current": key === this.#current ? "true" : null },
      span("agui-thread-title", title),
      span("agui-faint", `${threadText(thread)} · ${thread.agent}`),
    );
    open.onclick = () => this.#open(key);
    const pin = iconButton(pinned ? "Unpin" : "Pin", "plus", () =>
      this.context.send({ kind: "pin", key, pinned: !pinned }),
    );
    pin.replaceChildren(drawing(PIN));
    pin.setAttribute("aria-pressed", String(pinned));
    const row = h("li", { class: "agui-thread" }, open);
    row.append(
      pin,
      iconButton("Rename", "edit", () => this.#rename(row, thread)),
      this.#exporter(thread),
      iconButton("Delete", "cross", () => this.#delete(thread)),
    );
    return row;
  }

  /** @param {StoredThread} thread */
  #exporter({ key, title }) {
    const pick = h(
      "select",
      { class: "agui-thread-export", "aria-label": `Export ${title}`, title: "Export" },
      h("option", { value: "" }, "Export"),
      FORMATS.map(([format, label]) => h("option", { value: format }, label)),
    );
    pick.addEventListener("change", () => {
      if (pick.value !== "test") this.#wanted.add(pick.value);
      this.context.send({ kind: "export_thread", key, format: pick.value });
      pick.value = "";
    });
    return pick;
  }

  /** @param {string} key */
  #open(key) {
    if (key !== this.#current) this.context.send({ kind: "open", key });
    this.close();
  }

  /** @param {HTMLElement} row @param {StoredThread} thread */
  #rename(row, { key, title }) {
    const field = h("input", { class: "agui-input", "aria-label": "Title", value: title });
    field.addEventListener("keydown", (event) => {
      if (isComposing(event)) return;
      const wanted = field.value.trim();
      if (event.key === "Enter" && wanted && wanted !== title) {
        this.context.send({ kind: "rename", key, title: wanted });
      } else if (event.key === "Enter") this.#ask(); // nothing is no title
      if (event.key === "Escape") this.#ask();
      if (event.key === "Escape") event.stopPropagation(); // the list stays open
    });
    row.replaceChildren(field);
    field.focus();
    field.select();
  }

  /** @param {StoredThread} thread */
  #delete({ key, title }) {
    const { send } = this.context;
    send({ kind: "delete", key, deleted: true });
    const undo = () => {
      send({ kind: "delete", key, deleted: false });
      this.#note.replaceChildren();
    };
    this.#note.replaceChildren(span("", `Deleted “${title}”.`), button("Undo", undo, { kind: "plain" }));
  }
}

/** Shows the list over the chat. @param {Context} context */
export function openThreads(context) {
  if (context.root.querySelector(".agui-threads")) return;
  const menu = /** @type {HTMLElement | null} */ (
    context.root.querySelector('[aria-label="Thread menu"][aria-haspopup]')
  );
  new ThreadList(context, () => menu?.focus()).open();
}
