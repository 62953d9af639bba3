// The components of A2UI's basic catalogue as elements. What an agent says becomes text; an address of
// its becomes a link or a button, and nothing is fetched before the user has pressed it.
import { button, faint } from "../ui/buttons.js";
import { div, h, imageData, link, linkUrl, mintId, setText } from "../ui/dom.js";
import { absolute } from "./data_model.js";
import { contextOf, problemOf, text } from "./values.js";

/** @import { Part } from "./surface.js" */
/** @typedef {(part: Part, component: any) => HTMLElement} Draw */

const JUSTIFY = new Set(["center", "end", "start", "stretch", "spaceBetween", "spaceAround", "spaceEvenly"]);
const ALIGN = new Set(["start", "center", "end", "stretch"]);

/** @param {unknown} word @param {Set<string>} known @param {string} otherwise */
const oneOf = (word, known, otherwise) =>
  typeof word === "string" && known.has(word)
    ? word.replace(/[A-Z]/, (big) => `-${big.toLowerCase()}`)
    : otherwise;

/** @param {string} name @returns {Draw} */
const box = (name) => (part, component) => {
  const node = div(`agui-a2ui-${name}`);
  node.style.justifyContent = oneOf(component.justify, JUSTIFY, "start");
  node.style.alignItems = oneOf(component.align, ALIGN, "stretch");
  return part.fill(node, component.children);
};

/** @type {Draw} */
function words(part, { text: said, variant }) {
  const level = /^h([1-5])$/.exec(variant)?.[1];
  const node = div(
    `agui-a2ui-text agui-a2ui-${level ? "heading" : variant === "caption" ? "caption" : "body"}`,
  );
  if (level) {
    node.setAttribute("role", "heading");
    node.setAttribute("aria-level", String(Number(level) + 2));
    node.dataset.level = level;
  }
  part.bind(said, (value) =>
    level || variant === "caption"
      ? setText(node, text(value).replace(/^#+\s*/, ""))
      : node.replaceChildren(part.context.markdown(text(value))),
  );
  return node;
}

/** @param {string} url */
const hostOf = (url) => /^https?:\/\/(?:[^/@]*@)?([^/?#]+)/i.exec(url)?.[1] ?? "";

/** A picture kept in itself, or a button that fetches it. @param {HTMLElement} node @param {unknown} url @param {string} about */
function showPicture(node, url, about) {
  const alt = about || "Picture";
  if (imageData(url)) return node.replaceChildren(h("img", { class: "agui-picture", src: url, alt }));
  const address = linkUrl(url);
  if (!hostOf(address)) return node.replaceChildren(faint(alt));
  const fetched = () => {
    const picture = h("img", { class: "agui-picture", alt, referrerpolicy: "no-referrer" });
    picture.src = address; // the user has asked for it, and was told of whom
    node.replaceChildren(picture);
  };
  node.replaceChildren(button(`Load ${alt} from ${hostOf(address)}`, fetched, { icon: "image" }));
}

/** @type {Draw} */
function image(part, component) {
  const node = div("agui-a2ui-image");
  node.dataset.variant = text(component.variant).replace(/\W/g, "");
  const about = () => text(part.value(component.description));
  part.bind(component.url, (url) => showPicture(node, url, about()));
  return node;
}

/** @param {string} kind @returns {Draw} */
const media = (kind) => (part, component) => {
  const node = div("agui-a2ui-media");
  part.bind(component.url, (url) => {
    const about = text(part.value(component.description)) || kind;
    const host = hostOf(linkUrl(url));
    node.replaceChildren(host ? link(text(url), `${about} (${host})`) : faint(about));
  });
  return node;
};

// prettier-ignore
const SIGNS = { add: "+", arrowBack: "←", arrowForward: "→", check: "✓", close: "✕", delete: "✕", download: "↓",
  upload: "↑", edit: "✎", error: "⚠", warning: "⚠", info: "ⓘ", help: "?", favorite: "♥", favoriteOff: "♡", home: "⌂",
  mail: "✉", menu: "☰", moreHoriz: "…", moreVert: "⋮", pause: "⏸", play: "▶", stop: "■", refresh: "↻", star: "★",
  starHalf: "⯨", starOff: "☆", phone: "✆", call: "✆", skipNext: "⏭", skipPrevious: "⏮", fastForward: "⏩",
  rewind: "⏪", settings: "⚙", search: "⌕" };

/** @type {Draw} */
function sign(part, { name }) {
  const node = h("span", { class: "agui-a2ui-icon", role: "img" });
  part.bind(name, (value) => {
    const named = text(value);
    setText(node, Object.hasOwn(SIGNS, named) ? SIGNS[/** @type {keyof typeof SIGNS} */ (named)] : "•");
    node.setAttribute(
      "aria-label",
      named.replace(/[A-Z]/g, (big) => ` ${big.toLowerCase()}`),
    );
  });
  return node;
}

/** @type {Draw} */
function card(part, { child }) {
  return part.fill(div("agui-a2ui-card"), [child]);
}

/** @type {Draw} */
function tabs(part, component) {
  const listed = Array.isArray(component.tabs) ? component.tabs.slice(0, 20) : [];
  const panel = div("agui-a2ui-panel");
  const row = div("agui-toolbar");
  const show = (/** @type {number} */ at) => {
    row.replaceChildren(
      ...listed.map((/** @type {any} */ tab, /** @type {number} */ other) =>
        button(text(part.value(tab?.title)), () => show(other), { pressed: other === at }),
      ),
    );
    part.fill(panel, [listed[at]?.child]);
  };
  show(0);
  return div("agui-a2ui-tabs", row, panel);
}

/** What it opens stands below what opens it. @type {Draw} */
function modal(part, { trigger, content }) {
  const inner = h("div", { class: "agui-a2ui-card", hidden: true });
  const opener = div("agui-a2ui-opener");
  part.fill(opener, [trigger]);
  part.fill(inner, [content]);
  const toggle = () => (inner.hidden = !inner.hidden);
  if (opener.querySelector("button")) opener.addEventListener("click", toggle);
  else opener.append(button("Open", toggle));
  return div("agui-a2ui-column", opener, inner);
}

/** @type {Draw} */
const divider = (_part, { axis }) =>
  h("div", { class: "agui-a2ui-divider", role: "separator", "data-axis": axis === "vertical" ? axis : "" });

/** @type {Draw} */
function pressed(part, component) {
  const node = h("button", {
    class: `agui-button agui-${component.variant === "primary" ? "primary" : "quiet"}`,
    onclick: () => press(part, component),
  });
  part.fill(node, [component.child]);
  const where = component.action?.functionCall;
  if (where?.call === "openUrl") return openLink(part, where, node);
  part.watch(() => {
    const problem = problemOf(component.checks, part.place());
    node.disabled = !part.live || problem !== "";
    node.title = problem;
  });
  return node;
}

/** A button that leads out says where. @param {Part} part @param {any} where @param {HTMLElement} face */
function openLink(part, where, face) {
  const url = text(part.value(where.args?.url));
  return link(url, ...face.childNodes, ` ↗ ${hostOf(linkUrl(url))}`);
}

/** @param {Part} part @param {any} component */
function press(part, component) {
  if (component.action?.event)
    part.press(component.id, contextOf(component.action.event.context, part.place()));
}

/**
 * A field with its label, bound to a place of the data, and what is wrong with it.
 * @param {Part} part @param {any} component @param {HTMLElement} input @param {(value: any) => void} put
 */
function field(part, component, input, put) {
  const id = mintId();
  const label = h("label", { class: "agui-label", for: id });
  const wrong = h("div", { class: "agui-field-error", role: "status" });
  input.id = id;
  part.bind(component.label, (value) => setText(label, text(value) || "Value"));
  part.bind(component.value, (value) => document.activeElement === input || put(value));
  part.watch(() => {
    const problem = part.entered(component.value) ? problemOf(component.checks, part.place()) : "";
    setText(wrong, problem);
    input.setAttribute("aria-invalid", String(problem !== ""));
  });
  return div("agui-a2ui-field", label, input, wrong);
}

/** @param {Part} part @param {any} component @param {any} input @param {() => unknown} read */
const enters = (part, component, input, read) =>
  input.addEventListener("input", () => part.enter(component.value, read()));

const TYPES = { number: "number", obscured: "password" };

/** @type {Draw} */
function textField(part, component) {
  const long = component.variant === "longText";
  const type = TYPES[/** @type {keyof typeof TYPES} */ (component.variant)] ?? "text";
  const input = long
    ? h("textarea", { class: "agui-input", rows: 3 })
    : h("input", { class: "agui-input", type });
  input.autocomplete = "off"; // what the browser knows of the user is not for the agent
  enters(part, component, input, () =>
    type === "number" && input.value !== "" ? Number(input.value) : input.value,
  );
  return field(part, component, input, (value) => (input.value = text(value)));
}

/** @type {Draw} */
function checkBox(part, component) {
  const input = h("input", { type: "checkbox" });
  const label = h("span");
  enters(part, component, input, () => input.checked);
  part.bind(component.label, (value) => setText(label, text(value)));
  part.bind(component.value, (value) => (input.checked = value === true));
  return h("label", { class: "agui-a2ui-check" }, input, label);
}

/** @type {Draw} */
function choicePicker(part, component) {
  const many = component.variant === "multipleSelection";
  const name = mintId();
  const options = (Array.isArray(component.options) ? component.options : []).slice(0, 500);
  /** @type {HTMLInputElement[]} */
  const inputs = options.map((/** @type {any} */ one) =>
    h("input", { type: many ? "checkbox" : "radio", name, value: text(one?.value) }),
  );
  const read = () => inputs.filter((input) => input.checked).map((input) => input.value);
  for (const input of inputs) enters(part, component, input, read);
  part.bind(component.value, (value) => {
    const chosen = new Set([value].flat().map(text));
    for (const input of inputs) input.checked = chosen.has(input.value);
  });
  const rows = inputs.map((input, at) =>
    h("label", { class: "agui-a2ui-check" }, input, text(part.value(options[at]?.label))),
  );
  const label = text(part.value(component.label)) || "Choice";
  const named = { class: "agui-a2ui-choice", role: many ? "group" : "radiogroup", "aria-label": label };
  return h("div", named, h("span", { class: "agui-label" }, label), rows);
}

/** @type {Draw} */
function slider(part, component) {
  const input = h("input", {
    type: "range",
    min: Number(component.min) || 0,
    max: Number(component.max) || 100,
  });
  const shown = h("span", { class: "agui-a2ui-caption" });
  enters(part, component, input, () => Number(input.value));
  const node = field(part, component, input, (value) => (input.value = text(value)));
  part.bind(component.value, (value) => setText(shown, text(value)));
  node.append(shown);
  return node;
}

/** @type {Draw} */
function dateTime(part, component) {
  const { enableDate = true, enableTime = false } = component;
  const type = enableDate && enableTime ? "datetime-local" : enableTime ? "time" : "date";
  const input = h("input", { class: "agui-input", type });
  enters(part, component, input, () => input.value);
  const label = component.label ?? (type === "time" ? "Time" : "Date");
  return field(part, { ...component, label }, input, (value) => (input.value = text(value)));
}

/** A place bound by a path. @param {any} bound @param {string} scope */
export const pathOf = (bound, scope) =>
  typeof bound?.path === "string" ? absolute(bound.path, scope) : undefined;

/** @type {Record<string, Draw>} */
export const COMPONENTS = {
  Text: words,
  Image: image,
  Icon: sign,
  Video: media("Video"),
  AudioPlayer: media("Audio"),
  Row: box("row"),
  Column: box("column"),
  List: (part, component) => box(component.direction === "horizontal" ? "row" : "column")(part, component),
  Card: card,
  Tabs: tabs,
  Modal: modal,
  Divider: divider,
  Button: pressed,
  TextField: textField,
  CheckBox: checkBox,
  ChoicePicker: choicePicker,
  Slider: slider,
  DateTimeInput: dateTime,
};
