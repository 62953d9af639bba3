// One view of the widget: header, tabs, chat, and the edges where it meets its host (height, keys,
// drops). Everything inside is made by the other files of this folder.
import { h } from "../dom.js";
import { announcer, announceRuns } from "./announcer.js";
import { composer } from "./composer.js";
import { header } from "./header.js";
import { TABS } from "./registry.js";
import { banner, notices, welcome } from "./state_notes.js";
import { transcript } from "./transcript.js";
import { Written } from "./written.js";

/** @import { Context, View } from "../types" */

const LEAST = 240; // px
const STEP = 40; // px per arrow key

/** Jupyter takes keys in two ways, and each guard stops one of them. @param {HTMLElement} root */
function keepKeys(root) {
  root.dataset.lmSuppressShortcuts = "true";
  for (const kind of ["keydown", "keyup", "keypress"]) root.addEventListener(kind, (event) => event.stopPropagation());
}

/** The bar at the bottom that makes the widget higher. @param {HTMLElement} root */
function sizer(root) {
  /** @param {number} height */
  const resize = (height) => {
    root.style.height = `${Math.max(LEAST, Math.round(height))}px`;
  };
  const bar = h("div", { class: "agui-sizer", role: "separator", tabindex: "0", "aria-orientation": "horizontal", "aria-label": "Height", title: "Drag to resize" });
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
  return bar;
}

/** Files dropped anywhere on the chat. @param {HTMLElement} root @param {(transfer: DataTransfer | null) => void} take */
function takeDrops(root, take) {
  const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  const leave = () => root.classList.remove("agui-drop");
  root.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    root.classList.add("agui-drop");
  });
  root.addEventListener("dragleave", (event) => event.relatedTarget instanceof Node && root.contains(event.relatedTarget) ? undefined : leave());
  root.addEventListener("drop", (event) => {
    leave();
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.stopPropagation(); // Lab would open the file
    take(event.dataTransfer);
  });
}

/**
 * @param {HTMLElement} root @param {Omit<Context, "root" | "notice" | "announce" | "markdown">} given
 */
export function frame(root, given) {
  const voice = announcer();
  const noticed = notices(given.signal);
  /** @type {Context} */
  const context = { ...given, root, notice: noticed.show, announce: voice.say, markdown };
  /** @param {string} text */
  function markdown(text) {
    const written = new Written(context);
    written.update(text, false);
    return written.node;
  }
  const log = transcript(context);
  const input = composer(context, () => log.latest());
  const chat = h("div", { class: "agui-panel", role: "tabpanel" }, welcome(context).node, log.node, input.node);
  /** @type {Map<string, View>} */
  const panels = new Map([["chat", { node: chat }]]);
  let current = "chat";
  /** @param {string} name */
  const enter = (name) => {
    if (name === current) return;
    const left = /** @type {View} */ (panels.get(current));
    const view = panels.get(name) ?? made(name);
    left.hide?.();
    left.node.hidden = true;
    current = name;
    view.node.hidden = false;
    view.show?.();
    top.choose(name);
  };
  /** @param {string} name */
  const made = (name) => {
    const tab = /** @type {import("./registry.js").Tab} */ (TABS.find((one) => one.name === name));
    const view = tab.view(context);
    const panel = h("div", { class: "agui-panel", role: "tabpanel", "aria-labelledby": top.tabButton(name)?.id }, view.node);
    const entered = { node: panel, show: () => view.show?.(), hide: () => view.hide?.() };
    panels.set(name, entered);
    place.append(panel);
    return entered;
  };
  const top = header(context, enter);
  chat.setAttribute("aria-labelledby", top.tabButton("chat")?.id ?? "");
  const place = h("div", { class: "agui-panels" }, chat);
  root.append(top.node, noticed.node, banner(context).node, place, voice.node, sizer(root));
  keepKeys(root);
  takeDrops(root, (transfer) => input.take(transfer));
  announceRuns(context);
  context.on("notice", ({ text, level }) => context.notice(text, level));
}
