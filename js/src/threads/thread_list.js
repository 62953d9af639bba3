// The list of threads over the chat: search, open, rename, pin, delete with undo. What it shows comes
// from the kernel with each change.
import { button, iconButton } from "../ui/buttons.js";
import { div, drawing, h, span } from "../ui/dom.js";
import { threadText } from "./thread_text.js";

/** @import { Context, StoredThread } from "../types" */

const PIN = "M8 14v-4M5 10h6l-1-4V2.500H6V6z";
const PAUSE = 150; // ms of not typing before a search

class ThreadList {
  #rows = h("ul", { class: "agui-thread-rows", "aria-label": "Threads" });
  #note = h("div", { class: "agui-thread-note", role: "status" });
  #current = "";
  #bare = false; // the note says that nothing was found
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
      this.#rows,
    );
    this.over = new AbortController();
    context.on(
      "threads",
      ({ search, threads, current }) => this.#show(search, threads, current),
      AbortSignal.any([this.over.signal, context.signal]),
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
    if (search !== this.search.value.trim() && search) return; // another answer is on its way
    this.#current = current;
    this.#rows.replaceChildren(...threads.map((thread) => this.#row(thread)));
    if (this.#bare) this.#note.replaceChildren();
    this.#bare = !threads.length;
    if (threads.length) return;
    this.#note.replaceChildren(search ? `No thread holds “${search}”.` : "No conversation is kept yet.");
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
      iconButton("Delete", "cross", () => this.#delete(thread)),
    );
    return row;
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
      if (event.key === "Enter") this.context.send({ kind: "rename", key, title: field.value });
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
