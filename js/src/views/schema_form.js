// Fields on the page: labels, controls, descriptions, what is wrong beside each. What a field is
// and what an answer is worth: ../schema.js and ../entries.js. Nothing here sends anything.

import { h, icon, mintId, setText } from "../dom.js";
import { choose, entryOf, firstProblem, valueOf } from "../entries.js";

/** @import { Entry } from "../entries.js" */
/** @import { Kind } from "../schema.js" */
/** @typedef {{control: HTMLElement, problem: HTMLElement}} Shown */
/**
 * @typedef {object} Form  what the fields of one form share
 * @property {Map<Entry, Shown>} shown
 * @property {boolean} tried  someone wanted to send it: from now on problems are told while typing
 * @property {() => void} changed
 */
/** @typedef {{node: HTMLElement, check(): {value: unknown, valid: boolean}}} SchemaForm */

const FEW = 4;
const INPUT_TYPES = /** @type {Record<string, string>} */ ({
  date: "date",
  email: "email",
  uri: "url",
  password: "password",
});

/** @param {Entry} entry @returns {boolean} */
const isLong = ({ field: { schema } }) =>
  !(schema.maxLength <= 80) && !schema.format && !schema.pattern;

/** @param {Entry} entry @param {Form} form @param {string} id @param {Record<string, any>} props */
function typed(entry, form, id, props) {
  return {
    ...props,
    id,
    class: `agui-input ${props.class ?? ""}`,
    "aria-required": String(entry.field.required),
    "aria-describedby": `${id}-about ${id}-problem`,
    oninput: (/** @type {Event} */ event) => {
      entry.text = /** @type {HTMLInputElement} */ (event.target).value;
      form.changed();
    },
  };
}

/** @param {Entry} entry @param {Form} form @param {string} id @returns {HTMLElement} */
function textControl(entry, form, id) {
  const type = INPUT_TYPES[entry.field.schema.format] ?? "text";
  const control = isLong(entry)
    ? h("textarea", typed(entry, form, id, { rows: 1 }))
    : h("input", typed(entry, form, id, { type }));
  control.value = entry.text;
  return control;
}

/** @param {Entry} entry @param {Form} form @param {string} id @returns {HTMLElement} */
function numberControl(entry, form, id) {
  const control = h(
    "input",
    typed(entry, form, id, {
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      class: "agui-number",
    }),
  );
  control.value = entry.text;
  return control;
}

/** @param {Entry} entry @param {Form} form @param {string} id @returns {HTMLElement} */
function jsonControl(entry, form, id) {
  const control = h(
    "textarea",
    typed(entry, form, id, {
      rows: 2,
      spellcheck: "false",
      class: "agui-code-input",
      placeholder: "JSON",
    }),
  );
  control.value = entry.text;
  return control;
}

/** @param {string} type @param {boolean} checked @param {string} name @param {string} label @param {(on: boolean) => void} onchange */
function option(type, checked, name, label, onchange) {
  const input = h("input", {
    type,
    name,
    checked,
    onchange: (/** @type {Event} */ event) =>
      onchange(/** @type {HTMLInputElement} */ (event.target).checked),
  });
  return h("label", { class: "agui-option" }, input, h("span", {}, label));
}

/** @param {Entry} entry @param {Form} form @param {string} id @returns {HTMLElement} */
function choiceControl(entry, form, id) {
  const { options, required } = entry.field;
  const pick = (/** @type {number} */ at) => {
    entry.pick = at;
    form.changed();
  };
  if (options.length > FEW)
    return selectControl(
      ["Choose…", ...options.map((one) => one.label)],
      entry.pick + 1,
      id,
      (at) => pick(at - 1),
    );
  const shown = options.map((one, at) =>
    option("radio", entry.pick === at, id, one.label, () => pick(at)),
  );
  if (!required) shown.push(option("radio", entry.pick < 0, id, "No answer", () => pick(-1)));
  return h(
    "div",
    {
      class: "agui-options",
      id,
      role: "radiogroup",
      "aria-labelledby": `${id}-label`,
      "aria-describedby": `${id}-about ${id}-problem`,
    },
    shown,
  );
}

/** @param {string[]} labels @param {number} at @param {string} id @param {(at: number) => void} onpick @returns {HTMLSelectElement} */
function selectControl(labels, at, id, onpick) {
  const control = h(
    "select",
    {
      class: "agui-input",
      id,
      "aria-describedby": `${id}-about ${id}-problem`,
      onchange: () => onpick(control.selectedIndex),
    },
    labels.map((label) => h("option", {}, label)),
  );
  control.selectedIndex = at;
  return control;
}

/** @param {Entry} entry @param {Form} form @param {string} id @returns {HTMLElement} */
function choicesControl(entry, form, id) {
  const set = (/** @type {number} */ at, /** @type {boolean} */ on) => {
    entry.picks = entry.picks.filter((one) => one !== at).concat(on ? [at] : []);
    form.changed();
  };
  const shown = entry.field.options.map((one, at) =>
    option("checkbox", entry.picks.includes(at), id, one.label, (on) => set(at, on)),
  );
  return h(
    "div",
    {
      class: "agui-options",
      id,
      role: "group",
      "aria-labelledby": `${id}-label`,
      "aria-describedby": `${id}-about ${id}-problem`,
    },
    shown,
  );
}

/** @param {Entry} entry @param {Form} form @returns {HTMLElement} */
const objectControl = (entry, form) =>
  h(
    "div",
    { class: "agui-fields" },
    entry.parts.map((part) => fieldView(part, form)),
  );

/** @param {Entry} entry @param {Form} form @param {string} id @returns {HTMLElement} */
function listControl(entry, form, id) {
  const list = h("ol", { class: "agui-list", "aria-labelledby": `${id}-label` });
  const add = h(
    "button",
    { type: "button", class: "agui-button agui-quiet", onclick: () => grow() },
    icon("plus"),
    "Add",
  );
  const show = (/** @type {Entry} */ part) => {
    const row = h(
      "li",
      {},
      fieldView(part, form, `Entry ${entry.parts.length}`),
      h(
        "button",
        {
          type: "button",
          class: "agui-icon-button",
          "aria-label": "Remove",
          onclick: () => remove(part, row),
        },
        icon("cross"),
      ),
    );
    list.append(row);
  };
  function grow() {
    const part = entryOf(entry.field.item());
    entry.parts.push(part);
    show(part);
    form.changed();
    /** @type {HTMLElement | null} */ (
      list.lastElementChild?.querySelector("input, textarea, select") ?? null
    )?.focus();
  }
  function remove(/** @type {Entry} */ part, /** @type {HTMLElement} */ row) {
    entry.parts = entry.parts.filter((one) => one !== part);
    row.remove();
    add.focus();
    form.changed();
  }
  entry.parts.forEach(show);
  return h("div", { class: "agui-fields" }, list, add);
}

/** @param {Entry} entry @param {Form} form @param {string} id @returns {HTMLElement} */
function variantControl(entry, form, id) {
  const body = h("div", {}, fieldView(entry.parts[0], form, ""));
  const control = selectControl(
    entry.field.variants.map((one) => one.label),
    entry.pick,
    id,
    (at) => {
      choose(entry, at);
      body.replaceChildren(fieldView(entry.parts[0], form, ""));
      form.changed();
    },
  );
  return h("div", { class: "agui-fields" }, control, body);
}

/** @type {Record<Kind, (entry: Entry, form: Form, id: string) => HTMLElement>} */
const CONTROLS = {
  text: textControl,
  number: numberControl,
  json: jsonControl,
  choice: choiceControl,
  choices: choicesControl,
  object: objectControl,
  list: listControl,
  variant: variantControl,
  constant: ({ field }) => h("span", { class: "agui-faint" }, field.options[0]?.label ?? ""),
};
const GROUPS = new Set(["object", "list"]);

/** @param {Entry} entry @param {Form} form @param {string} [label] @returns {HTMLElement} */
function fieldView(entry, form, label = entry.field.label) {
  const { kind, required, description } = entry.field;
  if (kind === "constant") return h("span", { hidden: true });
  const id = mintId();
  const control = CONTROLS[kind](entry, form, id);
  const problem = h("span", { class: "agui-problem", id: `${id}-problem` });
  form.shown.set(entry, { control, problem });
  const single = control.id === id && !control.hasAttribute("role");
  const name = label
    ? h(
        single ? "label" : "span",
        { class: "agui-label", id: `${id}-label`, for: single ? id : null },
        label,
        required || kind === "object" ? null : h("span", { class: "agui-faint" }, " (optional)"),
      )
    : null;
  if (!label) control.setAttribute("aria-label", entry.field.label || "Answer");
  const about = h("span", { class: "agui-about", id: `${id}-about` }, description);
  const group = GROUPS.has(kind) && label !== "";
  return h(
    "div",
    {
      class: group ? "agui-field agui-nested" : "agui-field",
      role: group ? "group" : null,
      "aria-labelledby": group ? `${id}-label` : null,
    },
    name,
    description ? about : null,
    control,
    problem,
  );
}

/** @param {Form} form */
function tellProblems(form) {
  for (const [entry, { control, problem }] of form.shown) {
    setText(problem, entry.problem);
    if (entry.problem) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

/**
 * A form for ``root``. ``check`` reads it; where something is wrong, says so and goes there.
 * @param {Entry} root @returns {SchemaForm}
 */
export function schemaForm(root, label = root.field.label) {
  /** @type {Form} */
  const form = {
    shown: new Map(),
    tried: false,
    changed() {
      if (!form.tried) return;
      valueOf(root);
      tellProblems(form);
    },
  };
  const node =
    root.field.kind === "object"
      ? h(
          "div",
          { class: "agui-fields" },
          root.parts.map((part) => fieldView(part, form)),
        )
      : fieldView(root, form, label);
  return {
    node,
    check() {
      form.tried = true;
      const value = valueOf(root);
      tellProblems(form);
      const wrong = firstProblem(root);
      const control = wrong && form.shown.get(wrong)?.control;
      /** @type {HTMLElement | null | undefined} */ (
        control?.matches("input, textarea, select")
          ? control
          : control?.querySelector("input, textarea, select, button")
      )?.focus();
      return { value, valid: !wrong };
    },
  };
}
