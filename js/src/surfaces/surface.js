// One surface on the page: its frame, its parts from the root, its data as the user changes it, and
// what is pressed. How each component looks is components.js's.
import { button, faint } from "../ui/buttons.js";
import { div, h } from "../ui/dom.js";
import { jsonTree } from "../ui/json_tree.js";
import { COMPONENTS, pathOf } from "./components.js";
import { absolute, changed, isSame, lookUp, merged } from "./data_model.js";
import { resolve } from "./values.js";

/** @import { Context, Output, View } from "../types" */
/** @import { Place } from "./values.js" */
/**
 * @typedef {object} Told  what the kernel says of a surface; twin of jupyter/surfaces/painter.py
 * @property {string} place @property {string} id @property {boolean} live
 * @property {Record<string, any>} components @property {unknown} data
 * @property {string[]} problems @property {Record<string, Output>} drawn
 */
/** @typedef {(context: Context, output: Output) => View} ShowOutput */

const DEEPEST = 40;
const MOST = 3000; // parts of one surface

/** What a component is drawn with. */
export class Part {
  #surface;
  #scope;
  #above;

  /** @param {Surface} surface @param {string} scope @param {readonly string[]} above  ids of what it is in */
  constructor(surface, scope, above) {
    this.#surface = surface;
    this.#scope = scope;
    this.#above = above;
  }

  get context() {
    return this.#surface.context;
  }

  get live() {
    return this.#surface.told.live;
  }

  /** @returns {Place} */
  place = () => ({ data: this.#surface.data, scope: this.#scope });

  /** @param {unknown} bound @returns {any} */
  value = (bound) => resolve(bound, this.place());

  /** Now, and whenever the data is another. @param {() => void} look */
  watch(look) {
    this.#surface.watchers.push(look);
    look();
  }

  /** Now, and whenever what is bound comes to something else. @param {unknown} bound @param {(value: any) => void} put */
  bind(bound, put) {
    let shown = /** @type {string | undefined | null} */ (null);
    this.watch(() => {
      const value = this.value(bound);
      const now = JSON.stringify(value);
      if (now !== shown) put(value);
      shown = now;
    });
  }

  /** The user has changed what is bound here. @param {unknown} bound @param {unknown} value */
  enter(bound, value) {
    const path = pathOf(bound, this.#scope);
    if (path !== undefined) this.#surface.enter(path, value);
  }

  /** Whether the user has. @param {unknown} bound */
  entered = (bound) => this.#surface.entered.has(pathOf(bound, this.#scope) ?? "");

  /** @param {string} component @param {Record<string, unknown>} context */
  press = (component, context) => this.#surface.press(component, context);

  /** Puts children into a node: ids, or one for each item of a list. @template {HTMLElement} T @param {T} node @param {any} children @returns {T} */
  fill(node, children) {
    if (Array.isArray(children)) {
      node.replaceChildren(...children.flatMap((id) => this.#child(id, this.#scope)));
    } else if (typeof children?.componentId === "string") this.#repeat(node, children);
    return node;
  }

  /** @param {HTMLElement} node @param {any} template */
  #repeat(node, { componentId, path }) {
    const at = absolute(String(path ?? ""), this.#scope);
    let shown = "";
    this.watch(() => {
      const items = lookUp(this.#surface.data, at);
      const keys = typeof items === "object" && items !== null ? Object.keys(items) : [];
      if (keys.join("\0") === shown) return;
      shown = keys.join("\0");
      node.replaceChildren(...keys.flatMap((key) => this.#child(componentId, `${at}/${key}`)));
    });
  }

  /** @param {unknown} id @param {string} scope @returns {HTMLElement[]} */
  #child(id, scope) {
    const fits = typeof id === "string" && !this.#above.includes(id) && this.#above.length < DEEPEST;
    return fits ? this.#surface.draw(id, scope, this.#above) : [];
  }
}

class Surface {
  /** @type {(() => void)[]} */
  watchers = [];
  /** @type {Map<string, unknown>} what the user has put in, by path */
  entered = new Map();
  #left = MOST;
  #body = div("agui-a2ui-body");
  #problems = div("agui-a2ui-problems");
  #tree = /** @type {ReturnType<typeof jsonTree> | null} */ (null);
  #data = div("agui-a2ui-data");

  /** @param {Context} context @param {Told} told @param {ShowOutput} show */
  constructor(context, told, show) {
    this.context = context;
    this.told = told;
    this.output = show;
    this.data = told.data;
    const toggle = button("Data", () => this.#toggleData(toggle), { pressed: false });
    this.node = h(
      "div",
      { class: "agui-surface", role: "group", "aria-label": "Described by the agent" },
      div("agui-a2ui-head", faint("Described by the agent"), toggle),
      this.#body,
      this.#problems,
      this.#data,
    );
    this.#redraw();
  }

  /** @param {Told} told */
  update(told) {
    const before = this.told;
    this.told = told;
    this.data = merged(before.data, told.data, this.entered);
    const drawn = [before.components, before.drawn, before.live];
    if (isSame(drawn, [told.components, told.drawn, told.live])) this.#look();
    else this.#redraw();
  }

  #redraw() {
    this.watchers = [];
    this.#left = MOST;
    this.#body.replaceChildren(...this.draw("root", "", []));
    this.#look();
  }

  #look() {
    this.#problems.replaceChildren(
      ...this.told.problems.map((said) => h("div", { class: "agui-faint" }, said)),
    );
    for (const look of this.watchers) look();
    this.#tree?.update(this.data);
  }

  /** @param {string} id @param {string} scope @param {readonly string[]} above @returns {HTMLElement[]} */
  draw(id, scope, above) {
    const { components, drawn } = this.told;
    const component = Object.hasOwn(components, id) ? components[id] : undefined;
    if (!component || (this.#left -= 1) < 0) return [];
    const key = `${id}|${scope}`;
    if (Object.hasOwn(drawn, key)) return [this.output(this.context, drawn[key]).node];
    const draw = Object.hasOwn(COMPONENTS, component.component) ? COMPONENTS[component.component] : undefined;
    if (!draw) return [];
    const node = draw(new Part(this, scope, [...above, id]), component);
    if (Number(component.weight) > 0) node.style.flexGrow = String(Number(component.weight));
    return [node];
  }

  /** @param {string} path @param {unknown} value */
  enter(path, value) {
    this.entered.set(path, value);
    this.data = changed(this.data, path, value);
    this.#look();
  }

  /** @param {string} component @param {Record<string, unknown>} context */
  press(component, context) {
    const { place, id } = this.told;
    this.context.send({ kind: "press", place, surface: id, component, context });
  }

  /** @param {HTMLElement} toggle */
  #toggleData(toggle) {
    const open = this.#tree === null;
    this.#tree = open ? jsonTree(this.data, { label: "Data", open: 3 }) : null;
    this.#data.replaceChildren(...(this.#tree ? [this.#tree.node] : []));
    toggle.setAttribute("aria-pressed", String(open));
  }
}

/** @param {Context} context @param {Told} told @param {ShowOutput} show @returns {View} */
export const surface = (context, told, show) => new Surface(context, told, show);
