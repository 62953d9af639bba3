// What the user was asked about a call: whether it was denied, and how long the answer took. Pure.

/** @import { Conversation } from "../types" */

/**
 * `waited` is in ms.
 * @param {Conversation} document @param {string} id  of the call
 */
export function askedAbout({ runs }, id) {
  let [denied, waited] = [false, 0];
  runs.forEach(({ interrupts, endedAt }, at) => {
    const asked = interrupts?.find(({ toolCallId }) => toolCallId === id);
    const next = runs[at + 1];
    if (!asked || !next) return;
    denied = next.answers?.some((one) => one.interruptId === asked.id && one.declined) ?? false;
    waited += (next.startedAt ?? 0) - (endedAt ?? next.startedAt ?? 0);
  });
  return { denied, waited };
}
