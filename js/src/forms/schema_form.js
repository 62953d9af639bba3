// Fields on the page: labels, controls, descriptions, what is wrong beside each. What a field is
// and what an answer is worth: schema.js and form_values.js. Nothing here sends anything.

import { button, faint, iconButton } from "../ui/buttons.js";
import { h, mintId, setText } from "../ui/dom.js";
import { choose, entryOf, firstProblem, valueOf } from "./form_values.js";

/** @import { Entry } from "./form_values.js" */
/** @import { Kind } from "./schema.js" */
/**
 * @typedef {object} Form  what the fields of one form share
 * @property {Map<Entry, {control: HTMLElement, problem: HTMLElement, unchecked: HTMLElement}>} shown
 * @property {() => void} changed
 */
/** @typedef {{node: HTMLElement, check(): {value: any, valid: boolean}}} SchemaForm */
/**
 * @typedef {(entry: Entry, form: Form, about: Record<string, any>) => HTMLElement} Control  ``about``: attributes that name and describe it
 */

const FEW = 4;
const LONGEST_PATTERN = 200; // characters shown
const CONTROL = "input, textarea, select";
const INPUT_TYPES = /** @type {Record<string, string>} */ ({
  date: "date",
  email: "email",
  uri: "url",
  password: "password",
});

/** @param {"input" | "textarea"} tag @param {Record<string, any>} props @returns {Control} */
const inputControl = (tag, props) => (entry, form, about) => {
  const control = h(tag, {
    ...about,
    ...props,
    class: `agui-input ${props.class ?? ""}`,
    "aria-required": `${entry.field.required}`,
    oninput() {
      entry.text = control.value;
      form.changed();
    },
  });
  control.value = entry.text;
  return control;
};

/** @type {Control} */
function textControl(entry, form, about) {
  const { maxLength, format, pattern } = entry.field.schema;
  const long = !(maxLength <= 80) && !format && !pattern;
  return (
    long
      ? inputControl("textarea", { rows: 1 })
      : inputControl("input", { type: INPUT_TYPES[format] ?? "text" })
  )(entry, form, about);
}

/**
 * Radio buttons or check boxes.
 * @param {"radio" | "checkbox"} type @param {string[]} labels @param {(at: number) => boolean} isOn @param {(at: number, on: boolean) => void} onchange @param {Record<string, any>} about
 */
function options(type, labels, isOn, onchange, about) {
  const name = mintId();
  const shown = labels.map((label, at) => {
    const input = h("input", { type, name, checked: isOn(at), onchange: () => onchange(at, input.checked) });
    return h("label", { class: "agui-option" }, input, h("span", {}, label));
  });
  return h(
    "div",
    { ...about, class: "agui-options", role: type === "radio" ? "radiogroup" : "group" },
    shown,
  );
}

/**
 * One of several: radio buttons while they are few.
 * @param {string[]} labels @param {number} at @param {(at: number) => void} onpick @param {Record<string, any>} about
 */
function oneOf(labels, at, onpick, about) {
  if (labels.length <= FEW) return options("radio", labels, (other) => other === at, onpick, about);
  const shown = at < 0 ? ["Choose…", ...labels] : labels;
  const extra = shown.length - labels.length;
  const control = h(
    "select",
    { ...about, class: "agui-input", onchange: () => onpick(control.selectedIndex - extra) },
    shown.map((label) => h("option", {}, label)),
  );
  control.selectedIndex = at + extra;
  return control;
}

/** @type {Control} */
function choiceControl(entry, form, about) {
  const labels = entry.field.options.map((one) => one.label);
  const none = entry.field.required ? [] : ["No answer"];
  const pick = (/** @type {number} */ at) => {
    entry.pick = at < labels.length ? at : -1;
    form.changed();
  };
  return oneOf([...labels, ...none], entry.pick < 0 && none.length ? labels.length : entry.pick, pick, about);
}

/** @type {Control} */
function choicesControl(entry, form, about) {
  const labels = entry.field.options.map((one) => one.label);
  const set = (/** @type {number} */ at, /** @type {boolean} */ on) => {
    entry.picks = entry.picks.filter((one) => one !== at).concat(on ? at : []);
    form.changed();
  };
  return options("checkbox", labels, (at) => entry.picks.includes(at), set, about);
}

/** @type {Control} */
const objectControl = (entry, form) =>
  h(
    "div",
    { class: "agui-fields" },
    entry.parts.map((part) => fieldView(part, form)),
  );

/** @type {Control} */
function listControl(entry, form) {
  const list = h("ol", { class: "agui-list" });
  const add = button("Add", () => grow(), { icon: "plus" });
  const show = (/** @type {Entry} */ part) => {
    const row = h(
      "li",
      {},
      fieldView(part, form, "", `Entry ${list.children.length + 1}`),
      iconButton("Remove", "cross", () => remove(part, row)),
    );
    list.append(row);
  };
  const grow = () => {
    const part = entryOf(entry.field.item());
    entry.parts.push(part);
    show(part);
    form.changed();
    /** @type {HTMLElement | null | undefined} */ (list.lastElementChild?.querySelector(CONTROL))?.focus();
  };
  const remove = (/** @type {Entry} */ part, /** @type {HTMLElement} */ row) => {
    entry.parts = entry.parts.filter((one) => one !== part);
    row.remove();
    add.focus();
    form.changed();
  };
  entry.parts.forEach(show);
  return h("div", { class: "agui-fields" }, list, add);
}

/** @type {Control} */
function variantControl(entry, form, about) {
  const body = h("div", {});
  const show = () =>
    body.replaceChildren(fieldView(entry.parts[0], form, "", entry.field.variants[entry.pick].label));
  const pick = (/** @type {number} */ at) => {
    choose(entry, at);
    show();
    form.changed();
  };
  show();
  return h(
    "div",
    { class: "agui-fields" },
    oneOf(
      entry.field.variants.map((one) => one.label),
      entry.pick,
      pick,
      about,
    ),
    body,
  );
}

/** @type {Record<Kind, Control>} */
const CONTROLS = {
  text: textControl,
  number: inputControl("input", { inputmode: "decimal", autocomplete: "off", class: "agui-number" }),
  json: inputControl("textarea", {
    rows: 2,
    spellcheck: "false",
    class: "agui-code-input",
    placeholder: "JSON",
  }),
  choice: choiceControl,
  choices: choicesControl,
  object: objectControl,
  list: listControl,
  variant: variantControl,
  constant: () => h("span"),
};

/**
 * @param {Entry} entry @param {Form} form @param {string} [label] shown; "" for none @param {string} [name] where no label is shown
 */
function fieldView(entry, form, label = entry.field.label, name = label || "Answer") {
  const { kind, required, description } = entry.field;
  const id = mintId();
  const about = { "aria-label": name, "aria-describedby": `${id} ${id}-p` };
  const control = CONTROLS[kind](entry, form, about);
  const problem = h("span", { class: "agui-problem", id: `${id}-p` });
  const unchecked = faint(uncheckedText(entry));
  form.shown.set(entry, { control, problem, unchecked });
  const group = (kind === "object" || kind === "list") && label;
  const optional = !required && kind !== "object" && faint(" (optional)");
  return h(
    "div",
    {
      class: `agui-form-field ${group ? "agui-nested" : ""}`,
      role: group ? "group" : null,
      "aria-label": group ? name : null,
      hidden: kind === "constant",
    },
    label &&
      h(
        "span",
        { class: "agui-label", "aria-hidden": "true", onclick: () => control.focus() },
        label,
        optional,
      ),
    h("span", { class: "agui-about", id }, description),
    control,
    problem,
    unchecked,
  );
}

/** @param {Entry} entry */
function uncheckedText({ field: { schema }, unchecked }) {
  if (!unchecked) return "";
  const pattern = typeof schema.pattern === "string" ? `: ${schema.pattern.slice(0, LONGEST_PATTERN)}` : "";
  return `Has a pattern that is not checked here${pattern}`;
}

/** @param {Form} form */
function tellProblems(form) {
  for (const [entry, { control, problem, unchecked }] of form.shown) {
    setText(problem, entry.problem);
    setText(unchecked, uncheckedText(entry));
    control.setAttribute("aria-invalid", `${entry.problem !== ""}`);
  }
}

/**
 * A form for ``root``. ``check`` reads it, with ``read``; where something is wrong, says so and goes
 * there. From then on problems are told while typing.
 * @param {Entry} root @param {string} [label] @param {(root: Entry) => any} [read] @returns {SchemaForm}
 */
export function schemaForm(root, label = root.field.label, read = valueOf) {
  let tried = false;
  /** @type {Form} */
  const form = {
    shown: new Map(),
    changed() {
      if (!tried) return;
      read(root);
      tellProblems(form);
    },
  };
  const node = root.field.kind === "object" ? objectControl(root, form, {}) : fieldView(root, form, label);
  const check = () => {
    tried = true;
    const value = read(root);
    tellProblems(form);
    const wrong = firstProblem(root);
    const control = wrong && form.shown.get(wrong)?.control;
    const place = control?.matches(CONTROL) ? control : control?.querySelector(`${CONTROL}, button`);
    /** @type {HTMLElement | null | undefined} */ (place)?.focus();
    return { value, valid: !wrong };
  };
  return { node, check };
}
