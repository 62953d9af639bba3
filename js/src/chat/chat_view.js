// One view of the widget: header, tabs, chat, and the edges where it meets its host (height, keys,
// drops). Everything inside is made by the other files of this folder.
import { statusOf } from "../document/status.js";
import { div, h } from "../ui/dom.js";
import { announcer, announceRuns } from "./announcer.js";
import { composer } from "./composer.js";
import { header } from "./header.js";
import { dropSecondClicks, keepKeys } from "./host_keys.js";
import { inspectorTab } from "./inspector_tab.js";
import { banner, notices, welcome } from "./notices.js";
import { StreamedText } from "./rows/streamed_text.js";
import { transcript } from "./transcript.js";

/** @import { Tab } from "./tabs.js" */
/** @import { Context, View } from "../types" */
/** @typedef {{ get(): number, set(px: number): void, watch(listener: () => void): void }} Height */

const LEAST = 240; // px
const STEP = 40; // px per arrow key
const EDGE = 48; // px of what is around it that stay in sight at full height
const LEAVE = /^(?:send|stop|retry|edit|resume|new)/; // what was pressed goes away then, and the focus with it

/**
 * As high as what is around it, and back.
 * @param {HTMLElement} root @param {(px: number) => void} resize
 */
function fullHeight(root, resize) {
  let usual = 0;
  return () => {
    const before = root.dataset.full === "true";
    const room = root.closest(".jp-WindowedPanel-outer, .jp-OutputView")?.clientHeight ?? innerHeight;
    if (!before) usual = root.offsetHeight;
    root.dataset.full = String(!before);
    resize(before ? usual : room - EDGE);
  };
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
    title: "Drag to resize; double-click for full height",
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
  const full = fullHeight(root, resize);
  bar.addEventListener("dblclick", full);
  bar.addEventListener("keydown", ({ key }) => {
    if (key === "Enter") full();
    const step = { ArrowDown: STEP, ArrowUp: -STEP }[key];
    if (step) resize(root.offsetHeight + step);
  });
  height.watch(apply);
  apply();
  return bar;
}

/**
 * Files dropped anywhere on the chat.
 * @param {HTMLElement} root @param {Context} context @param {(transfer: DataTransfer | null) => void} take
 */
function takeDrops(root, context, take) {
  const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  const leave = () => root.classList.remove("agui-drop");
  root.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    context.module("details").catch(console.warn); // how it looks, and the files' chips, are there
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

/** Named in the thread's menu. @type {Record<string, "new_thread" | "retry">} */
const SHORTCUTS = { KeyN: "new_thread", KeyR: "retry" };

/** @param {KeyboardEvent} event @param {Context} context */
function shortcut(event, { store, send }) {
  const kind = event.altKey && event.shiftKey && SHORTCUTS[event.code];
  if (!kind || store.view.readonly || statusOf(store) === "running") return;
  event.preventDefault();
  send({ kind });
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
    const added = { ...view, node };
    this.#views.set(name, added);
    this.node.append(node);
    return added;
  }

  /** @param {string} name @param {any} [place] */
  enter(name, place) {
    if (name === this.#current && !place) return;
    const left = this.#views.get(this.#current);
    const entered =
      this.#views.get(name) ?? this.add(name, inspectorTab(this.context, /** @type {Tab["name"]} */ (name)));
    if (name !== this.#current) left?.hide?.();
    for (const [one, { node }] of this.#views) node.hidden = one !== name;
    this.#current = name;
    entered.show?.(place);
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
 * @param {HTMLElement} root @param {Omit<Context, "root" | "enter" | "notice" | "announce" | "markdown" | "written">} given @param {Height} height
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
    enter: (name, place) => panels.enter(name, place),
    notice: noticed.show,
    announce: voice.say,
    markdown: (text) => whole(context, text),
    written: () => new StreamedText(context),
  };
  const log = transcript(context);
  const input = composer(context, () => log.latest());
  const panels = new Panels(context);
  panels.add("chat", { node: input.node, show: (lead) => log.show(lead) }, welcome(context).node, log.node);
  root.append(
    panels.header.node,
    noticed.node,
    banner(context).node,
    panels.node,
    voice.node,
    sizer(root, height),
  );
  keepKeys(root, context.signal);
  dropSecondClicks(root);
  root.addEventListener("keydown", (event) => shortcut(event, context));
  takeDrops(root, context, (transfer) => input.take(transfer));
  announceRuns(context);
  context.on("notice", ({ text, level }) => context.notice(text, level));
  attachThreads(context);
}
