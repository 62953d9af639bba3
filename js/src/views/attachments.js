// Files on their way to the agent, above the composer's text, and those of a turn already sent.
// Names are text and nothing else; a picture is shown only from data that came with the message.

import { h, icon, imageData, link } from "../dom.js";
import { partOf, refusal, sizeText } from "../files.js";
import { faint, iconButton } from "./buttons.js";

/** @import { Attached } from "../files.js" */
/** @import { Context, Part } from "../types" */

/** @param {File} file @returns {Promise<string>} base64 */
function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1] ?? "");
    reader.readAsDataURL(file);
  });
}

/** @param {string} name @param {string | undefined} mimeType @param {string} data @param {...(Node | string)} more */
function chip(name, mimeType, data, ...more) {
  const picture = imageData(`data:${mimeType};base64,${data}`);
  const face = picture
    ? h("img", { class: "agui-thumb", src: picture, alt: "" })
    : h("span", { class: "agui-thumb" }, icon("file"));
  return h("li", { class: "agui-file", title: name }, face, h("span", { class: "agui-file-name" }, name), more);
}

/** @param {string} label */
const fileList = (label) => h("ul", { class: "agui-files", "aria-label": label });

/**
 * Files to send with the next message: chosen, pasted or dropped.
 * @param {Context} context
 */
export function attachments(context) {
  /** @type {Attached[]} */
  let held = [];
  let changed = () => {};
  const list = fileList("Attached files");
  const input = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    "aria-label": "Attach files",
    onchange: () => take(input),
  });
  const node = h("div", { hidden: true }, list, input);

  /** @param {Attached[]} files */
  const hold = (files) => {
    held = files;
    const chips = held.map((one) => {
      const remove = iconButton(`Remove ${one.name}`, "cross", () => hold(held.filter((other) => other !== one)));
      return chip(one.name, one.mimeType, one.data, faint(sizeText(one.size)), remove);
    });
    list.replaceChildren(...chips);
    node.hidden = !held.length;
    changed();
  };
  /** @param {File} file */
  const add = async (file) => {
    const { type: mimeType, size } = file;
    const name = file.name || "pasted";
    const why = refusal({ name, size }, held);
    if (why) return context.notice(why, "error");
    try {
      const data = await base64(file);
      hold([...held, { name, mimeType, size, data }]);
    } catch {
      context.notice(`${name} could not be read.`, "error");
    }
  };
  /** Whether there were any files. @param {{files: ArrayLike<File> & Iterable<File> | null} | null} from */
  const take = (from) => {
    const files = [...(from?.files ?? [])];
    files.reduce((before, file) => before.then(() => add(file)), Promise.resolve());
    input.value = "";
    return files.length > 0;
  };
  return {
    node,
    take,
    choose: () => input.click(),
    clear: () => hold([]),
    parts: () => held.map(partOf),
    /** @param {() => void} listener */
    onchange(listener) {
      changed = listener;
    },
  };
}

/** @param {Part} part @returns {HTMLElement} */
function sentChip({ type, source, metadata }) {
  const { type: kind, value = "", mimeType } = source ?? {};
  const name = String(metadata?.filename ?? (kind === "data" ? mimeType : value) ?? type);
  if (kind === "url")
    return h("li", { class: "agui-file" }, h("span", { class: "agui-thumb" }, icon("file")), link(value, name));
  return chip(name, mimeType, kind === "data" ? value : "");
}

/** The files of a message. @param {Context} _context @param {Part[]} parts @returns {{node: HTMLElement}} */
export function attachmentList(_context, parts) {
  const node = fileList("Files");
  node.append(...parts.filter((part) => part.type !== "text").map(sentChip));
  return { node };
}
