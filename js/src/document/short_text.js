// What agents send, in short: the text and the files of a message, JSON in a text, token counts. Pure;
// values in words that know nothing of AG-UI are in ui/format.js.

import { plainName } from "../ui/mark.js";

/** @import { Part, Usage } from "../types" */

/** The text of a message's content. @param {any} content @returns {string} */
export function textOf(content) {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((/** @type {Part} */ part) => (part?.type === "text" ? (part.text ?? "") : "")).join("");
}

/** @param {any} content @returns {Part[]} the parts that are not text */
export const filesOf = (content) =>
  Array.isArray(content) ? content.filter((part) => part && part.type !== "text") : [];

/**
 * The JSON value of a text, or undefined. Plain words are no JSON, so they stay as they are, and so do
 * numbers that a double would change.
 * @param {string} text
 */
export function jsonOf(text) {
  const first = text.trimStart()[0];
  if (!first || !'{["-0123456789tfn'.includes(first) || /\d{16}/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const count = new Intl.NumberFormat("en");

/** All tokens of a run: "45 tokens"; "" where none are known. @param {Usage[] | undefined} usage */
export function usageText(usage = []) {
  const known = usage.flatMap(({ inputTokens: put, outputTokens: got, totalTokens }) =>
    put === undefined && got === undefined ? (totalTokens ?? []) : (put ?? 0) + (got ?? 0),
  );
  return known.length ? `${count.format(known.reduce((sum, one) => sum + one))} tokens` : "";
}

/** One line per model. @param {Usage[] | undefined} usage */
export function usageLines(usage = []) {
  return usage.map((one) => {
    const numbers = Object.entries(one).filter(([, value]) => typeof value === "number");
    const words = numbers.map(
      ([key, value]) =>
        `${key.replace(/Tokens$/, "").replace(/[A-Z]/g, (upper) => ` ${upper.toLowerCase()}`)} ${count.format(Number(value))}`,
    );
    return `${plainName([one.provider, one.model].filter(Boolean).join(" ")) || "model"}: ${words.join(", ")}`;
  });
}
