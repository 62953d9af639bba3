// What the user answered when the agent questionText, in one line. Pure. Twin of the Python
// protocol/answer_text.py; tests/golden/answered.json holds both to the same words.
import { EDITS, isObject, YES } from "./forms/schema.js";

/** @import { Interrupt, ResumeEntry } from "../types" */

const LIMIT = 120; // characters of a question, and of what was answered
/** @type {Record<string, string>} */
const DECISIONS = { approve: "Approved", reject: "Denied", edit: "Approved with changes" };
const HIDDEN = "•••";

/** @param {string} text */
function short(text) {
  const line = [...text.trim().split(/\s+/).join(" ")]; // whole characters, as Python counts them
  return line.length <= LIMIT ? line.join("") : `${line.slice(0, LIMIT).join("")}…`;
}

/** The question, in one line. @param {Interrupt} interrupt */
export const questionText = ({ message, reason, id }) => short(String(message || reason || id));

/** The yes or no in a payload; a no counts most. @param {any} payload @returns {boolean | null} */
function verdict(payload) {
  if (typeof payload === "boolean") return payload;
  const told = isObject(payload)
    ? YES.map((name) => payload[name]).filter((one) => typeof one === "boolean")
    : [];
  return told.length ? told.every(Boolean) : null;
}

/** @param {any} payload */
function word(payload) {
  const yes = verdict(payload);
  if (yes === null) return "Answered";
  if (typeof payload === "boolean") return yes ? "Yes" : "No";
  if (!yes) return "Denied";
  return EDITS.some((name) => name in payload) ? "Approved with changes" : "Approved";
}

/** LangChain's approval middleware gets one decision for each action. @param {any} payload @returns {string[]} */
function decisions(payload) {
  const listed = isObject(payload) && Array.isArray(payload.decisions) ? payload.decisions : [];
  const kinds = listed.map((one) => one?.type).filter((kind) => typeof kind === "string");
  return kinds.map((kind) => (Object.hasOwn(DECISIONS, kind) ? DECISIONS[kind] : "Answered"));
}

/** What was said besides yes or no. @param {any} payload @param {any} metadata */
function rest(payload, metadata) {
  if (typeof payload === "boolean" || payload === null || payload === undefined) return metadata;
  if (!isObject(payload)) return payload;
  const told = Object.entries(payload).filter(([key, one]) => !YES.includes(key) || typeof one !== "boolean");
  return { ...Object.fromEntries(told), ...metadata };
}

/** Whether any part of a schema is called a password or writeOnly. @param {any} schema @returns {boolean} */
function isSecret(schema) {
  if (typeof schema !== "object" || schema === null) return false;
  return schema.format === "password" || schema.writeOnly === true || Object.values(schema).some(isSecret);
}

/**
 * Changed arguments as if they were the answer's own; a text alone needs no name.
 * @param {Record<string, any>} value
 */
function members(value) {
  const plain = Object.fromEntries(Object.entries(value).filter(([key]) => !EDITS.includes(key)));
  for (const name of EDITS)
    Object.assign(plain, isObject(value[name]) ? value[name] : value[name] && { [name]: value[name] });
  const told = Object.entries(plain);
  if (told.length === 1 && typeof told[0][1] === "string") return short(told[0][1]);
  return short(told.map(([key, one]) => `${key}: ${JSON.stringify(one)}`).join(", "));
}

/** @param {any} value */
function valueText(value) {
  if (isObject(value)) return members(value);
  return value === null || value === undefined
    ? ""
    : short(typeof value === "string" ? value : JSON.stringify(value));
}

/** The answer in words; what is secret stays so. @param {Interrupt} interrupt @param {ResumeEntry} answer */
export function answerText({ responseSchema }, { status, payload, metadata }) {
  if (status === "cancelled") return "Abandoned";
  const told = decisions(payload);
  if (told.length) return told.join(", ");
  const more = valueText(rest(payload, metadata));
  if (!more) return word(payload);
  // which part is secret is not always plain to see
  return `${word(payload)}: ${isSecret(responseSchema) ? HIDDEN : more}`;
}
