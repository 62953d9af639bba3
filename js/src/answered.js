// What the user answered when the agent asked, in one line. Pure. Twin of the Python
// render/answered.py; tests/golden/answered.json holds both to the same words.
import { EDITS, isObject, YES } from "./schema.js";

/** @import { Interrupt, ResumeEntry } from "./types" */

const LIMIT = 120; // characters of a question, and of what was answered
/** @type {Record<string, string>} */
const DECISIONS = { approve: "Approved", reject: "Denied", edit: "Approved with changes" };
const HIDDEN = "•••";

/** @param {string} text */
function short(text) {
  const line = text.trim().split(/\s+/).join(" ");
  return line.length <= LIMIT ? line : `${line.slice(0, LIMIT)}…`;
}

/** The question, in one line. @param {Interrupt} interrupt */
export const asked = ({ message, reason, id }) => short(String(message || reason || id));

/** The yes or no in a payload; a no counts most. @param {any} payload @returns {boolean | null} */
function verdict(payload) {
  if (typeof payload === "boolean") return payload;
  const told = isObject(payload) ? YES.map((name) => payload[name]).filter((one) => typeof one === "boolean") : [];
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
  return listed.flatMap((one) => (Object.hasOwn(DECISIONS, one?.type) ? DECISIONS[one.type] : []));
}

/** What was said besides yes or no. @param {any} payload @param {any} metadata */
function rest(payload, metadata) {
  if (typeof payload === "boolean" || payload === null || payload === undefined) return metadata;
  if (!isObject(payload)) return payload;
  return { ...Object.fromEntries(Object.entries(payload).filter(([key]) => !YES.includes(key))), ...metadata };
}

/** The payload without what its schema calls a password or writeOnly. @param {any} payload @param {any} schema @returns {any} */
function discreet(payload, schema) {
  if (!isObject(schema)) return payload;
  if (schema.format === "password" || schema.writeOnly === true) return HIDDEN;
  const members = schema.properties;
  if (!isObject(payload) || !isObject(members)) return payload;
  return Object.fromEntries(
    Object.entries(payload).map(([key, value]) => [key, discreet(value, Object.hasOwn(members, key) && members[key])]),
  );
}

/** @param {any} value */
function oneLine(value) {
  if (isObject(value)) return short(Object.entries(value).map(([key, one]) => `${key}: ${JSON.stringify(one)}`).join(", "));
  return value === null || value === undefined ? "" : short(typeof value === "string" ? value : JSON.stringify(value));
}

/** The answer in words; what is secret stays so. @param {Interrupt} interrupt @param {ResumeEntry} answer */
export function said({ responseSchema }, { status, payload, metadata }) {
  if (status === "cancelled") return "Abandoned";
  const shown = discreet(payload, responseSchema);
  const told = decisions(shown);
  if (told.length) return told.join(", ");
  const more = oneLine(rest(shown, metadata));
  return more ? `${word(shown)}: ${more}` : word(shown);
}
