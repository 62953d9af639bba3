// A variable given by its name: @ in the message opens a menu of the user's variables, a choice asks the
// kernel what an agent would be given, and a chip above the text shows just that. What is sent is what the
// chip shows. What a variable is told as is the kernel's business.
import { button } from "../ui/buttons.js";
import { isComposing } from "../ui/composition.js";
import { div, h, mintId } from "../ui/dom.js";
import { matching } from "./fuzzy.js";
import { partsText, showParts } from "./given.js";

/** @import { Context, Part, Report } from "../types" */
/** @typedef {Extract<Report, { kind: "variables" }>["variables"][number]} Variable */
/** @typedef {{ name: string, mimeType: string, size: number, data: string, parts?: Part[], look?: HTMLElement }} Held */
/** @typedef {{ held: Held[], give(one: Held): void, drop(one: Held): void }} Files */

const MOST = 50; // names in the menu
const BEGUN = /(?:^|[\s(])@(\w*)$/;

/** @type {WeakMap<HTMLTextAreaElement, Mentions>} */
const known = new WeakMap();

class Mentions {
  /** @type {Variable[] | null} null: the kernel has not said yet */
  #all = null;
  /** @type {Variable[]} */
  #shown = [];
  #at = 0;
  #list = h("ul", { class: "agui-names", role: "listbox", id: mintId(), "aria-label": "Variables" });
  #menu = div("agui-names-menu", this.#list);

  /** @param {Context} context @param {HTMLTextAreaElement} area @param {Files} files */
  constructor(context, area, files) {
    this.context = context;
    this.area = area;
    this.files = files;
    this.#menu.hidden = true;
    area.parentElement?.previousElementSibling?.before(this.#menu); // above what is attached
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", this.#list.id);
    const { signal } = context;
    area.addEventListener("keydown", (event) => this.#key(event), { signal, capture: true });
    area.addEventListener("input", () => this.#typed(), { signal });
    area.addEventListener("blur", () => this.#close(), { signal });
    context.on("variables", ({ variables }) => this.#listed(variables));
    context.on("variable", (report) => this.#given(report));
  }

  get #begun() {
    return BEGUN.exec(this.area.value.slice(0, this.area.selectionStart))?.[1];
  }

  open() {
    if (this.#begun === undefined) return;
    if (this.#menu.hidden) {
      this.#all = null;
      this.context.send({ kind: "variables" });
    }
    this.#menu.hidden = false;
    this.#draw();
  }

  /** @param {Variable[]} all */
  #listed(all) {
    this.#all = all;
    this.#draw();
  }

  /** A name that is taken out of the text is not given. */
  #typed() {
    for (const one of this.files.held)
      if (one.parts && !new RegExp(`${one.name}\\b`).test(this.area.value)) this.files.drop(one);
    if (this.#begun === undefined) this.#close();
    else if (!this.#menu.hidden) this.#draw();
  }

  #close() {
    this.#menu.hidden = true;
    this.area.removeAttribute("aria-activedescendant");
  }

  #draw() {
    if (this.#menu.hidden) return;
    this.#shown = matching(this.#all ?? [], this.#begun ?? "").slice(0, MOST);
    this.#at = 0;
    const none = this.#all ? "No variable has such a name." : "The kernel is asked for its variables…";
    this.#list.replaceChildren(
      ...(this.#shown.length ? this.#shown.map((one) => this.#option(one)) : [this.#nothing(none)]),
    );
    this.#mark();
  }

  /** @param {string} text */
  #nothing = (text) =>
    h("li", { class: "agui-faint", role: "option", "aria-disabled": "true", "aria-selected": "false" }, text);

  /** @param {Variable} one */
  #option(one) {
    const [name, kind, size] = one;
    return h(
      "li",
      {
        id: mintId(),
        role: "option",
        "aria-selected": "false",
        onmousedown: (/** @type {MouseEvent} */ event) => event.preventDefault(), // the text keeps the focus
        onclick: () => this.#choose(one),
      },
      h("b", {}, name),
      h("span", { class: "agui-faint" }, [kind, size].filter(Boolean).join(", ")),
    );
  }

  #mark() {
    const options = [...this.#list.children];
    options.forEach((one, at) =>
      one.setAttribute("aria-selected", String(at === this.#at && !!this.#shown.length)),
    );
    const chosen = this.#shown.length ? options[this.#at] : undefined;
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.area.setAttribute("aria-activedescendant", chosen.id);
    else this.area.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.#menu.hidden || isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = this.#shown[this.#at];
    if (step && this.#shown.length) {
      this.#at = (this.#at + step + this.#shown.length) % this.#shown.length;
      this.#mark();
    } else if ((event.key === "Enter" || event.key === "Tab") && chosen) this.#choose(chosen);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {Variable} variable */
  #choose([name]) {
    const at = this.area.selectionStart;
    const from = at - (this.#begun ?? "").length;
    this.area.setRangeText(`${name} `, from, at, "end");
    this.#close();
    this.context.send({ kind: "variable", name });
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @param {Extract<Report, { kind: "variable" }>} report */
  #given({ name, parts, fault }) {
    if (fault) return this.context.notice(fault, "error");
    if (!new RegExp(`@${name}\\b`).test(this.area.value)) return;
    const size = partsText(parts);
    const look = button(size, () => showParts(this.context, `@${name}`, parts));
    look.title = `Show what is sent, ${size}`;
    look.setAttribute("aria-label", look.title);
    const image = parts.find(({ type }) => type === "image")?.source;
    const { mimeType = "", value = "" } = image ?? {};
    this.files.give({ name: `@${name}`, mimeType, size: value.length, data: value, parts, look });
    this.context.announce(`@${name} is given, ${size}`);
  }
}

/** @param {Context} context @param {HTMLTextAreaElement} area @param {Files} files */
export function mention(context, area, files) {
  const made = known.get(area) ?? new Mentions(context, area, files);
  known.set(area, made);
  made.open();
}
