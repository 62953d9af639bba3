// What was sent and is not in the document yet: shown at once, gone when the document brings it,
// given back when the kernel refuses it or is gone. Pure; who shows it is not known here.
import { filesOf, textOf } from "./short_text.js";

/** @import { Conversation, Message } from "../types" */
/**
 * @typedef {object} Sent
 * @property {Message} message
 * @property {(why: string) => void} takeBack
 * @property {string} threadId
 * @property {Set<string>} known  ids of what the document held before
 * @property {number} warnings    how many there were
 */

let count = 0;

export class Pending {
  /** @type {Sent[]} in the order in which the kernel takes them */
  all = [];

  /** @param {Conversation} document @param {any} content @param {Sent["takeBack"]} takeBack */
  add({ threadId, messages, warnings }, content, takeBack) {
    this.all.push({
      message: { id: `sent:${(count += 1)}`, role: "user", content },
      takeBack,
      threadId,
      known: new Set(messages.map(({ id }) => id)),
      warnings: warnings.length,
    });
  }

  /** Forgets what has come or was refused. @param {Conversation} document */
  look({ threadId, messages, warnings }) {
    this.all = this.all.filter((one, at) => {
      if (threadId !== one.threadId) return false;
      const { content } = one.message;
      const come = messages.find(
        (message) =>
          message.role === "user" &&
          !one.known.has(message.id) &&
          textOf(message.content) === textOf(content) &&
          filesOf(message.content).length === filesOf(content).length,
      );
      // what a run warns of carries its id; a turn that did not begin has none
      const no = come ? -1 : warnings.findIndex(({ runId }, place) => place >= one.warnings && !runId);
      for (const later of this.all.slice(at + 1)) {
        if (come) later.known.add(come.id);
        later.warnings = Math.max(later.warnings, no + 1);
      }
      if (no >= 0) one.takeBack(warnings[no].message);
      return !come && no < 0;
    });
  }

  /** Nobody takes them any more. */
  giveUp() {
    for (const one of this.all.splice(0).reverse()) one.takeBack("");
  }
}
