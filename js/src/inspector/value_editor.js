// A field for a value as JSON, with a name before it where one is asked for. What is done with the
// value is its owner's business.
import { button } from "../ui/buttons.js";
import { h, setText } from "../ui/dom.js";

export const HINT = "Not valid JSON. Text stands in quotes.";

/** @param {string} label @param {string} text */
function jsonField(label, text) {
  const field = h("textarea", {
    class: "agui-input agui-code-input",
    rows: 1,
    "aria-label": label,
    spellcheck: "false",
    placeholder: "JSON",
  });
  field.value = text;
  return field;
}

/**
 * Enter saves, Escape closes, and neither leaves the field; on a button Enter is that button's.
 * @param {() => void} done @param {() => void} close
 */
const keys = (done, close) => (/** @type {KeyboardEvent} */ event) => {
  const onButton = event.target instanceof HTMLButtonElement;
  if (event.key === "Escape") close();
  else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !onButton) done();
  else return;
  event.preventDefault();
  event.stopPropagation();
};

/**
 * @param {{text: string, named: boolean, label: string}} start
 * @param {(value: any, key: string) => string} save  returns what is wrong, "" when saved
 * @param {() => void} close
 */
export function valueEditor({ text, named, label }, save, close) {
  const key = named && h("input", { class: "agui-input", "aria-label": "Key", placeholder: "key" });
  const value = jsonField(label, text);
  const problem = h("span", { class: "agui-problem", role: "alert" });
  const read = () => {
    try {
      return save(JSON.parse(value.value), key ? key.value : "");
    } catch {
      return HINT;
    }
  };
  const done = () => {
    setText(problem, read());
    if (!problem.textContent) close();
  };
  const buttons = [button("Save", done, { kind: "primary" }), button("Cancel", close, { kind: "plain" })];
  const asked = { class: "agui-tree-edit", "data-label": label, onkeydown: keys(done, close) };
  const node = h("div", asked, key, value, buttons, problem);
  const focus = () => {
    (key || value).focus();
    if (!key) value.select(); // in some browsers it also takes the focus
  };
  return { node, focus };
}
