// A widget or a figure of the user's inside the chat, alive: made by the page's own widget manager or
// renderers and put where it can be seen. What the manager offers differs from host to host; where it offers nothing, words.
import { faint } from "../ui/buttons.js";
import { h } from "../ui/dom.js";

/** @import { Context } from "../types" */

const NOT_DRAWN = "This figure could not be drawn.";
const GONE = "This widget is no more: what drew it has to run again.";

/**
 * Lumino widgets want to be told that they were attached; their class has the function for it.
 * @param {any} view @param {HTMLElement} place
 */
function attach(view, place) {
  const inner = view.luminoWidget ?? view.pWidget;
  try {
    inner.constructor.attach(inner, place);
  } catch {
    place.append(view.el);
    view.trigger?.("displayed");
  }
}

/** The kinds of output that this page draws itself. @param {Context} context @returns {readonly string[]} */
export const drawnByHost = ({ model }) => model.widget_manager?.rendermime?.mimeTypes ?? [];

/**
 * A figure of such a kind, alive.
 * @param {Context} context @param {string} mime @param {unknown} data @returns {HTMLElement}
 */
export function hostFigure({ model, signal }, mime, data) {
  const place = h("div", { class: "agui-widget-output" });
  const show = async () => {
    const figure = model.widget_manager.rendermime.createRenderer(mime);
    signal.addEventListener("abort", () => figure.dispose());
    attach({ luminoWidget: figure, el: figure.node }, place);
    await figure.renderModel({ data: { [mime]: data }, metadata: {}, trusted: true, setData() {} });
  };
  requestAnimationFrame(() => show().catch(() => place.replaceChildren(faint(NOT_DRAWN))));
  return place;
}

/** @param {Context} context @param {any} data  of the media type for widget views @returns {HTMLElement} */
export function nestedWidget({ model, signal }, data) {
  const place = h("div", { class: "agui-widget-output" });
  const show = async () => {
    const manager = model.widget_manager;
    const view = await manager.create_view(await manager.get_model(data.model_id), {});
    if (signal.aborted) return view.remove();
    signal.addEventListener("abort", () => view.remove());
    attach(view, place);
  };
  // once it stands on the page: nothing can be attached to what is not
  requestAnimationFrame(() => show().catch(() => place.replaceChildren(faint(GONE))));
  return place;
}
