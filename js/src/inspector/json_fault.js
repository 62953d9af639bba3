// What is wrong with a text that is to be JSON, in a sentence that helps to mend it. Pure.

const WORDS = "Not valid JSON. Text stands in quotes.";
const LAST_COMMA = /,(?=\s*[}\]])/g;

/** @param {string} text */
function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} text @param {number} at */
const lineOf = (text, at) => text.slice(0, at).split("\n").length;

/** Where a browser's parser stopped; some do not say. @param {string} text @param {string} said */
function stoppedAt(text, said) {
  const line = /line (\d+)/.exec(said)?.[1];
  const position = /position (\d+)/.exec(said)?.[1];
  return line ?? (position === undefined ? undefined : lineOf(text, Number(position)));
}

/** "" where nothing is wrong. @param {string} text @returns {string} */
export function faultOf(text) {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    if (!/^\s*[[{]/.test(text)) return WORDS;
    const without = text.replace(LAST_COMMA, "");
    if (isJson(without))
      return `Not valid JSON: nothing follows the comma in line ${lineOf(text, text.search(LAST_COMMA))}.`;
    const said = String(error);
    const line = stoppedAt(text, said);
    const where = line === undefined ? "" : ` in line ${line}, or before it`;
    if (/expected ','/i.test(said)) return `Not valid JSON: a comma is missing${where}.`;
    return `Not valid JSON${where}. Text and names stand in quotes.`;
  }
}

/** Words, as one would write them without thinking of JSON. @param {string} text */
export const isWords = (text) => /^\p{L}/u.test(text.trim());
