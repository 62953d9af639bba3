// The module behind the loader: one kernel side per model, one frame per view.
import styles from "./widget.css";
import { chatView } from "./chat/chat_view.js";
import { Kernel, PAGE } from "./comm/kernel.js";
import { h } from "./ui/dom.js";
import { createFrames } from "./ui/frames.js";
import { followTheme } from "./ui/theme.js";

/** @import { Context, Report } from "./types" */

/** @param {import("./comm/kernel.js").Connection} given */
export function connect(given) {
  const kernel = new Kernel(given);
  return {
    /** @param {Report} report @param {BufferSource[]} buffers */
    receive: (report, buffers) => kernel.receive(report, buffers),
    start: () => kernel.start(),
    /** @param {HTMLElement} el @param {AbortSignal} viewSignal */
    render: (el, viewSignal) => render(kernel, el, viewSignal),
  };
}

/** Optional modules for one view, their styles in place. @param {Kernel} kernel @param {HTMLElement} el */
function modulesFor(kernel, el) {
  const styled = new Set();
  return async (/** @type {Parameters<Kernel["module"]>[0]} */ name) => {
    const made = await kernel.module(name);
    if (made.styles && !styled.has(name)) el.append(h("style", {}, made.styles));
    styled.add(name);
    return made;
  };
}

/** @param {Kernel} kernel @param {HTMLElement} el @param {AbortSignal} viewSignal */
function render(kernel, el, viewSignal) {
  const signal = AbortSignal.any([kernel.signal, viewSignal]);
  const root = h("div", { class: "agui" });
  // inside the element, so that it holds in shadow roots and pop-out windows as well
  el.append(h("style", {}, styles), root);
  followTheme(root, el, signal);
  /** @type {Omit<Context, "root" | "enter" | "notice" | "announce" | "markdown" | "written">} */
  const given = {
    model: kernel.model,
    store: kernel.store,
    frames: createFrames(signal),
    signal,
    send: (command) => kernel.send(command),
    on: (kind, listener, until = signal) => kernel.on(kind, listener, until),
    module: modulesFor(kernel, el),
  };
  chatView(root, given, kernel.height(signal));
  // the first message makes JupyterLab open the subshell on which Stop reaches a busy kernel
  kernel.send({ kind: "hello", page: PAGE });
  signal.addEventListener("abort", () => root.remove());
}
