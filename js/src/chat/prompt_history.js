// What was asked before, to go back to with the arrow keys. Pure.

/** @import { Message } from "../types" */
import { textOf } from "../document/short_text.js";

/** Newest first, without repeats side by side. @param {Message[]} messages @returns {string[]} */
export function promptsOf(messages) {
  const texts = messages
    .filter((one) => one.role === "user")
    .map((one) => textOf(one.content))
    .filter(Boolean);
  return texts.reverse().filter((text, at) => text !== texts[at - 1]);
}
