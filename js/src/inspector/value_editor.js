// A field for a value: text as it is, all else as JSON, with a name before it where one is asked for.
// What is done with the value is its owner's business.
import { button, press } from "../ui/buttons.js";
import { isComposing } from "../ui/composition.js";
import { h, setText } from "../ui/dom.js";
import { faultOf, isWords } from "./json_fault.js";

/** @param {string} label @param {string} text */
function valueField(label, text) {
  const field = h("textarea", {
    class: "agui-input agui-code-input",
    rows: 1,
    "aria-label": label,
    spellcheck: "false",
  });
  field.value = text;
  return field;
}

/**
 * Enter saves, Escape closes, and neither leaves the field; on a button Enter is that button's.
 * @param {() => void} done @param {() => void} close
 */
const keys = (done, close) => (/** @type {KeyboardEvent} */ event) => {
  if (isComposing(event)) return;
  const onButton = event.target instanceof HTMLButtonElement;
  if (event.key === "Escape") close();
  else if (event.key === "Enter" && !event.shiftKey && !onButton) done();
  else return;
  event.preventDefault();
  event.stopPropagation();
};

/**
 * Whether a field holds text or JSON, and the button that says so.
 * @param {HTMLTextAreaElement} field @param {boolean} plain
 */
function kindSwitch(field, plain) {
  const node = button("JSON", () => turn(node.getAttribute("aria-pressed") !== "true"), { pressed: !plain });
  const turn = (/** @type {boolean} */ json) => {
    press(node, json);
    if (json) field.value = JSON.stringify(field.value);
    else if (/^".*"$/.test(field.value) && !faultOf(field.value)) field.value = JSON.parse(field.value);
    field.focus();
  };
  return { node, isText: () => node.getAttribute("aria-pressed") === "false" };
}

/**
 * What stands in a field; what is new may be words without quotes.
 * @param {string} text @param {boolean} isText @param {boolean} fresh @returns {{ value: unknown, fault: string }}
 */
function read(text, isText, fresh) {
  if (isText || (fresh && faultOf(text) && isWords(text)))
    return { value: isText ? text : text.trim(), fault: "" };
  const fault = faultOf(text);
  return { value: fault ? undefined : JSON.parse(text), fault };
}

/**
 * @param {{ value: unknown, named: boolean, label: string }} start  value: undefined for a new one
 * @param {(value: any, key: string) => string} save  returns what is wrong, "" when saved
 * @param {() => void} close
 */
export function valueEditor({ value, named, label }, save, close) {
  const plain = typeof value === "string";
  const fresh = value === undefined;
  const key = named && h("input", { class: "agui-input", "aria-label": "Key", placeholder: "key" });
  const field = valueField(label, plain ? value : (JSON.stringify(value, null, 2) ?? ""));
  field.placeholder = fresh ? "text or JSON" : "JSON";
  const kind = kindSwitch(field, plain);
  const problem = h("span", { class: "agui-problem", role: "alert" });
  const done = () => {
    const now = read(field.value, plain && kind.isText(), fresh);
    setText(problem, now.fault || save(now.value, key ? key.value : ""));
    if (!problem.textContent) close();
  };
  const buttons = [button("Save", done, { kind: "primary" }), button("Cancel", close, { kind: "plain" })];
  const asked = { class: "agui-tree-edit", "data-label": label, onkeydown: keys(done, close) };
  const node = h("div", asked, key, field, buttons, plain && kind.node, problem);
  const focus = () => {
    (key || field).focus();
    if (!key) field.select(); // in some browsers it also takes the focus
  };
  return { node, focus };
}
