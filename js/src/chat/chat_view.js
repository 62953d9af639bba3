// One view of the widget: header, tabs, chat, and the edges where it meets its host (height, keys,
// drops). Everything inside is made by the other files of this folder.
import { div, h } from "../ui/dom.js";
import { announcer, announceRuns } from "./announcer.js";
import { composer } from "./composer.js";
import { header } from "./header.js";
import { inspectorTab } from "./inspector_tab.js";
import { banner, notices, welcome } from "./notices.js";
import { StreamedText } from "./rows/streamed_text.js";
import { transcript } from "./transcript.js";

/** @import { Tab } from "./tabs.js" */
/** @import { Context, View } from "../types" */
/** @typedef {{ get(): number, set(px: number): void, watch(listener: () => void): void }} Height */

const LEAST = 240; // px
const STEP = 40; // px per arrow key
const LEAVE = /^(?:send|stop|retry|edit|resume|new)/; // what was pressed goes away then, and the focus with it

/** Jupyter takes keys in two ways, and each guard stops one of them. @param {HTMLElement} root */
function keepKeys(root) {
  root.dataset.lmSuppressShortcuts = "true";
  for (const kind of ["keydown", "keyup", "keypress"])
    root.addEventListener(kind, (event) => event.stopPropagation());
}

/**
 * The bar at the bottom that makes the widget higher; all views of a model keep one height.
 * @param {HTMLElement} root @param {Height} height
 */
function sizer(root, height) {
  const bar = h("div", {
    class: "agui-sizer",
    role: "separator",
    tabindex: "0",
    "aria-label": "Height",
    "aria-valuemin": LEAST,
    title: "Drag to resize",
  });
  const apply = () => {
    root.style.height = `${height.get()}px`;
    bar.setAttribute("aria-valuenow", String(height.get()));
  };
  /** @param {number} px */
  const resize = (px) => {
    height.set(Math.max(LEAST, Math.round(px)));
    apply();
  };
  bar.addEventListener("pointerdown", (down) => {
    const before = root.offsetHeight - down.clientY;
    bar.setPointerCapture(down.pointerId);
    bar.onpointermove = (move) => resize(before + move.clientY);
    bar.onpointerup = () => (bar.onpointermove = null);
    down.preventDefault();
  });
  bar.addEventListener("keydown", ({ key }) => {
    const step = { ArrowDown: STEP, ArrowUp: -STEP }[key];
    if (step) resize(root.offsetHeight + step);
  });
  height.watch(apply);
  apply();
  return bar;
}

/**
 * Files dropped anywhere on the chat.
 * @param {HTMLElement} root @param {(transfer: DataTransfer | null) => void} take
 */
function takeDrops(root, take) {
  const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  const leave = () => root.classList.remove("agui-drop");
  root.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    root.classList.add("agui-drop");
  });
  root.addEventListener("dragleave", (event) =>
    event.relatedTarget instanceof Node && root.contains(event.relatedTarget) ? undefined : leave(),
  );
  root.addEventListener("drop", (event) => {
    leave();
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.stopPropagation(); // Lab would open the file
    take(event.dataTransfer);
  });
}

/** The chat and the tabs beside it; a tab is made when it is first entered. */
class Panels {
  /** @type {Map<string, View>} */
  #views = new Map();
  #current = "chat";
  node = div("agui-panels");

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.header = header(context, (name) => this.enter(name));
  }

  /** @param {string} name @param {View} view @param {...Node} more */
  add(name, view, ...more) {
    const label = this.header.tabButton(name)?.id;
    const node = h(
      "div",
      { class: "agui-panel", role: "tabpanel", "aria-labelledby": label },
      ...more,
      view.node,
    );
    const added = { node, show: () => view.show?.(), hide: () => view.hide?.() };
    this.#views.set(name, added);
    this.node.append(node);
    return added;
  }

  /** @param {string} name */
  enter(name) {
    if (name === this.#current) return;
    const left = this.#views.get(this.#current);
    const entered =
      this.#views.get(name) ?? this.add(name, inspectorTab(this.context, /** @type {Tab["name"]} */ (name)));
    left?.hide?.();
    for (const [one, { node }] of this.#views) node.hidden = one !== name;
    this.#current = name;
    entered.show?.();
    this.header.choose(name);
  }
}

/** What comes with the threads, from when there first is something of them. @param {Context} context */
function attachThreads(context) {
  let asked = false;
  const look = () => {
    if (asked || !context.store.view.extra) return;
    asked = true;
    context.module("threads").then(({ attach }) => attach(context), console.warn);
  };
  context.store.watch("view", look, context.signal);
  look();
}

/** @param {Context} context @param {string} text */
function whole(context, text) {
  const written = new StreamedText(context);
  written.update(text, false);
  return written.node;
}

/**
 * @param {HTMLElement} root @param {Omit<Context, "root" | "notice" | "announce" | "markdown">} given @param {Height} height
 */
export function chatView(root, given, height) {
  const voice = announcer();
  const noticed = notices(given.signal);
  /** @type {Context} */
  const context = {
    ...given,
    send(command) {
      given.send(command);
      if (LEAVE.test(command.kind)) input.focus();
    },
    root,
    notice: noticed.show,
    announce: voice.say,
    markdown: (text) => whole(context, text),
  };
  const log = transcript(context);
  const input = composer(context, () => log.latest());
  const panels = new Panels(context);
  panels.add("chat", input, welcome(context).node, log.node);
  root.append(
    panels.header.node,
    noticed.node,
    banner(context).node,
    panels.node,
    voice.node,
    sizer(root, height),
  );
  keepKeys(root);
  takeDrops(root, (transfer) => input.take(transfer));
  announceRuns(context);
  context.on("notice", ({ text, level }) => context.notice(text, level));
  attachThreads(context);
}
