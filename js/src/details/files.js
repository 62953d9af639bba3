// Files -> content parts of a message, within the size a notebook's connection carries. Pure: no DOM.

/** @import { Part } from "../types" */
/**
 * data: base64. What is no file has its ``parts`` already, and a button that shows them.
 * @typedef {{name: string, mimeType: string, size: number, data: string, parts?: Part[], look?: HTMLElement}} Attached
 */

/** Jupyter's websocket takes 10 MiB in one message, and base64 makes files a third larger. */
export const MOST_BYTES = 7_000_000;

/** @param {string} mimeType @returns {"image" | "audio" | "video" | "document"} */
export function partType(mimeType) {
  const family = mimeType.split("/")[0];
  return family === "image" || family === "audio" || family === "video" ? family : "document";
}

/** @param {number} bytes @returns {string} */
export function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/**
 * Why a file cannot be added to those there, as a sentence; "" when it can.
 * @param {{name: string, size: number}} file @param {{size: number}[]} held @returns {string}
 */
export function refusal(file, held) {
  const total = held.reduce((sum, one) => sum + one.size, file.size);
  if (total <= MOST_BYTES) return file.size ? "" : `${file.name} is empty.`;
  return `${file.name} (${sizeText(file.size)}) does not fit: one message carries at most ${sizeText(MOST_BYTES)} of files.`;
}

/**
 * The content part for a file; its name rides in the part's metadata.
 * @param {Attached} file @returns {Part}
 */
export const partOf = ({ name, mimeType, data }) => ({
  type: partType(mimeType),
  source: { type: "data", value: data, mimeType: mimeType || "application/octet-stream" },
  metadata: { filename: name },
});
