// Files on their way to the agent, above the composer's text, and those of a turn already sent.
// Names are text and nothing else; a picture is shown only from data that came with the message.

import { faint, iconButton } from "../ui/buttons.js";
import { drawing, h, imageData, link } from "../ui/dom.js";
import { partOf, refusal, sizeText } from "./files.js";

/** @import { Attached } from "./files.js" */
/** @import { Context, Part } from "../types" */

const FILE = "M4 2.5h5l3 3v8H4zM9 2.5v3h3";

/** @param {File} file @returns {Promise<string>} base64 */
function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1] ?? "");
    reader.readAsDataURL(file);
  });
}

/**
 * @param {string} name @param {string | undefined} mimeType @param {string} data @param {...(Node | string)} more
 */
function chip(name, mimeType, data, ...more) {
  const picture = imageData(`data:${mimeType};base64,${data}`);
  const face = picture
    ? h("img", { class: "agui-thumb", src: picture, alt: "" })
    : h("span", { class: "agui-thumb" }, drawing(FILE));
  return h(
    "li",
    { class: "agui-file", title: name },
    face,
    h("span", { class: "agui-file-name" }, name),
    more,
  );
}

/** @param {string} label */
const fileList = (label) => h("ul", { class: "agui-files", "aria-label": label });

/** Files to send with the next message: chosen, pasted or dropped. */
class Attachments {
  /** @type {Attached[]} */
  #held = [];
  #changed = () => {};
  #list = fileList("Attached files");
  #input = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    "aria-label": "Attach files",
    onchange: () => this.take(this.#input),
  });
  node = h("div", { hidden: true }, this.#list, this.#input);

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
  }

  /** @param {Attached[]} files */
  #hold(files) {
    this.#held = files;
    this.#list.replaceChildren(...files.map((one) => this.#chip(one)));
    this.node.hidden = !files.length;
    this.#changed();
  }

  /** @param {Attached} one */
  #chip(one) {
    const remove = iconButton(`Remove ${one.name}`, "cross", () => this.drop(one));
    return chip(one.name, one.mimeType, one.data, one.look ?? faint(sizeText(one.size)), remove);
  }

  /** @param {Attached} one */
  drop(one) {
    this.#hold(this.#held.filter((other) => other !== one));
  }

  /** What is no file, in place of what has its name. @param {Attached} one */
  give(one) {
    this.#hold([...this.#held.filter(({ name }) => name !== one.name), one]);
  }

  /** @param {File} file */
  async #add(file) {
    const { type: mimeType, size } = file;
    const name = file.name || "pasted";
    const why = refusal({ name, size }, this.#held);
    if (why) return this.context.notice(why, "error");
    try {
      const data = await base64(file);
      this.#hold([...this.#held, { name, mimeType, size, data }]);
    } catch {
      this.context.notice(`${name} could not be read.`, "error");
    }
  }

  /** Whether there were any files. @param {{files: ArrayLike<File> & Iterable<File> | null} | null} from */
  take(from) {
    const files = [...(from?.files ?? [])];
    files.reduce((before, file) => before.then(() => this.#add(file)), Promise.resolve());
    this.#input.value = "";
    return files.length > 0;
  }

  /** @param {HTMLTextAreaElement} [area]  whose text may name variables */
  choose(area) {
    if (!area) return this.#input.click();
    this.context.module("data").then((made) => made.mention(this.context, area, this), console.warn);
  }

  get held() {
    return this.#held;
  }

  /** @returns {() => void} puts them back */
  clear() {
    const before = this.#held;
    this.#hold([]);
    return () => this.#hold([...before, ...this.#held]);
  }

  parts() {
    return this.#held.flatMap((one) => one.parts ?? [partOf(one)]);
  }

  /** @param {() => void} listener */
  onchange(listener) {
    this.#changed = listener;
  }
}

/** @param {Context} context */
export const attachments = (context) => new Attachments(context);

/** @param {Part} part @returns {HTMLElement} */
function sentChip({ type, source, metadata }) {
  const { type: kind, value = "", mimeType } = source ?? {};
  const name = String(metadata?.filename ?? (kind === "data" ? mimeType : value) ?? type);
  if (kind === "url")
    return h(
      "li",
      { class: "agui-file" },
      h("span", { class: "agui-thumb" }, drawing(FILE)),
      link(value, name),
    );
  return chip(name, mimeType, kind === "data" ? value : "");
}

/** The files of a message. @param {Context} _context @param {Part[]} parts @returns {{node: HTMLElement}} */
export function attachmentList(_context, parts) {
  const node = fileList("Files");
  node.append(...parts.filter((part) => part.type !== "text").map(sentChip));
  return { node };
}
