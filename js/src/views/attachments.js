// Files on their way to the agent, above the composer's text, and those of a turn already sent.
// Names are text and nothing else; a picture is shown only from data that came with the message.

import { h, icon, imageData, link } from "../dom.js";
import { kindOf, partOf, refusal, sizeText } from "../files.js";
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

/** @param {string} name @param {string} about @param {string} picture a data URL or "" @param {HTMLElement} [end] */
function chip(name, about, picture, end) {
  const face = picture
    ? h("img", { class: "agui-thumb", src: picture, alt: "" })
    : h("span", { class: "agui-thumb" }, icon("file"));
  return h(
    "li",
    { class: "agui-file", title: name },
    face,
    h("span", { class: "agui-file-name" }, name),
    faint(about),
    end,
  );
}

/** @param {string} mimeType @param {string} data */
const pictureOf = (mimeType, data) => imageData(`data:${mimeType};base64,${data}`);

class Attachments {
  /** @type {Attached[]} */
  #held = [];
  /** @type {() => void} */
  #changed = () => {};

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.input = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      "aria-label": "Attach files",
      onchange: () => this.#chosen(),
    });
    this.list = h("ul", { class: "agui-files", "aria-label": "Attached files" });
    this.node = h("div", { class: "agui-attachments", hidden: true }, this.list, this.input);
  }

  #chosen() {
    this.#add([...(this.input.files ?? [])]);
    this.input.value = "";
  }

  /** @param {File[]} files */
  async #add(files) {
    for (const file of files) {
      const why = refusal(file, this.#held);
      if (why) this.context.notice(why, "error");
      else await this.#read(file);
    }
  }

  /** @param {File} file */
  async #read(file) {
    try {
      const data = await base64(file);
      this.#held.push({ name: file.name || "pasted", mimeType: file.type, size: file.size, data });
      this.#draw();
    } catch {
      this.context.notice(`${file.name} could not be read.`, "error");
    }
  }

  #draw() {
    this.list.replaceChildren(
      ...this.#held.map((one) => {
        const remove = iconButton(`Remove ${one.name}`, "cross", () => this.#remove(one));
        return chip(one.name, sizeText(one.size), pictureOf(one.mimeType, one.data), remove);
      }),
    );
    this.node.hidden = !this.#held.length;
    this.#changed();
  }

  /** @param {Attached} one */
  #remove(one) {
    this.#held = this.#held.filter((other) => other !== one);
    this.#draw();
  }

  /** @returns {Part[]} */
  parts() {
    return this.#held.map(partOf);
  }

  clear() {
    this.#held = [];
    this.#draw();
  }

  choose() {
    this.input.click();
  }

  /** Takes the files out of a paste or a drop. @param {DataTransfer | null} transfer @returns {boolean} whether there were any */
  take(transfer) {
    const files = [...(transfer?.files ?? [])];
    this.#add(files);
    return files.length > 0;
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
  const mimeType = source?.mimeType ?? "";
  const name = String(
    metadata?.filename ?? (source?.type === "data" ? labelled(type, mimeType) : (source?.value ?? type)),
  );
  if (source?.type === "url")
    return h("li", { class: "agui-file" }, h("span", { class: "agui-thumb" }, icon("file")), link(source.value, name));
  const picture = source?.type === "data" && kindOf(mimeType) === "image" ? pictureOf(mimeType, source.value) : "";
  return chip(name, mimeType, picture);
}

/** @param {string} type @param {string} mimeType */
const labelled = (type, mimeType) => (type === "document" ? mimeType || "file" : type);

/** The files of a message. @param {Context} _context @param {Part[]} parts @returns {{node: HTMLElement}} */
export function attachmentList(_context, parts) {
  return {
    node: h(
      "ul",
      { class: "agui-files", "aria-label": "Files" },
      parts.filter((part) => part.type !== "text").map(sentChip),
    ),
  };
}
