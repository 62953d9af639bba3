// Short words for what agents send: message texts, JSON in one line, token counts. Pure.

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

const SHORT = 120;

/** @param {string} text */
export const shortened = (text) => (text.length > SHORT ? `${text.slice(0, SHORT)}…` : text);

/** @param {any} value @returns {string} */
function brief(value) {
  if (typeof value === "string") return JSON.stringify(value.slice(0, SHORT));
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? `[${value.length}]` : "{…}";
}

/** A value in one line: `city: "Paris", days: 3`. @param {any} value */
export function oneLine(value) {
  if (Array.isArray(value))
    return shortened(`[${value.slice(0, 8).map(brief).join(", ")}${value.length > 8 ? ", …" : ""}]`);
  if (typeof value !== "object" || value === null)
    return shortened(
      typeof value === "string" ? value.slice(0, SHORT + 1).replace(/\s+/g, " ") : String(value),
    );
  const fields = Object.entries(value).slice(0, 8);
  return shortened(fields.map(([key, field]) => `${key}: ${brief(field)}`).join(", "));
}

/** The JSON value of a text, or undefined. Plain words are no JSON, so they stay as they are. @param {string} text */
export function jsonOf(text) {
  const first = text.trimStart()[0];
  if (!first || !'{["-0123456789tfn'.includes(first)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const count = new Intl.NumberFormat("en");

/** What is known of a run's tokens: "12 in, 30 out". @param {Usage[] | undefined} usage */
export function usageText(usage = []) {
  /** @param {"inputTokens" | "outputTokens" | "totalTokens"} key @param {string} word */
  const told = (key, word) => {
    const known = usage.flatMap((one) => one[key] ?? []);
    return known.length ? [`${count.format(known.reduce((sum, one) => sum + one))} ${word}`] : [];
  };
  const both = [...told("inputTokens", "in"), ...told("outputTokens", "out")];
  return (both.length ? both : told("totalTokens", "tokens")).join(", ");
}

/** One line per model. @param {Usage[] | undefined} usage */
export function usageLines(usage = []) {
  return usage.map((one) => {
    const numbers = Object.entries(one).filter(([, value]) => typeof value === "number");
    const words = numbers.map(
      ([key, value]) =>
        `${key.replace(/Tokens$/, "").replace(/[A-Z]/g, (upper) => ` ${upper.toLowerCase()}`)} ${count.format(Number(value))}`,
    );
    return `${[one.provider, one.model].filter(Boolean).join(" ") || "model"}: ${words.join(", ")}`;
  });
}
