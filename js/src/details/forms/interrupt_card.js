// One question of an agent's: the tool call it is about, the form, the buttons, and the answer given
// so far. When it is sent, and that nothing is chosen for the user, is interrupts.js's business.

import { button, faint, press, space } from "../../ui/buttons.js";
import { drawing, h, setText } from "../../ui/dom.js";
import { jsonTree } from "../../ui/json_tree.js";
import { deadline, expiryText } from "./expiry.js";
import { entryOf, touched } from "./form_values.js";
import { approvalOf, fieldOf } from "./schema.js";
import { schemaForm } from "./schema_form.js";

/** @import { Approval, Field } from "./schema.js" */
/** @import { SchemaForm } from "./schema_form.js" */
/** @import { Interrupt, ResumeEntry as Answer } from "../../types" */
/** @typedef {{name: string, args: any}} Call */

const TOOL = "M9.8 3.2a3 3 0 0 0-3.9 3.9L2.5 10.5l1.5 3 5.5-4.4a3 3 0 0 0 3.7-4L11.5 6.8 9.3 6.4 9 4.2z";

/** What has no schema is answered in words, or as JSON. */
const FREE = {
  title: "Your answer",
  oneOf: [
    { title: "Text", type: "string" },
    { title: "JSON", type: "object" },
  ],
};

/** @param {Approval} approval @param {boolean} yes @param {any} rest @param {unknown} edited */
export function approvalPayload({ key, edits }, yes, rest, edited) {
  if (key === null) return yes;
  return { ...rest, [key]: yes, ...(edits && edited !== undefined ? { [edits]: edited } : {}) };
}

/** @param {unknown} args @returns {string[]} */
const argumentNames = (args) => (typeof args === "object" && args ? Object.keys(args) : []);

/**
 * The tool and its arguments; ``edited`` reads them when they were changed.
 * @param {Call} call @param {Field | null} field
 */
function callView({ name, args }, field) {
  const shown = argumentNames(args).length
    ? jsonTree(args, { label: `Arguments of ${name}`, open: 3 }).node
    : faint(typeof args === "string" ? args : "no arguments");
  const body = h("div", { class: "agui-call-args" }, shown);
  /** @type {import("./form_values.js").Entry | null} */
  let entry = null;
  /** @type {SchemaForm | null} */
  let form = null;
  const flip = () => {
    entry = entry || !field ? null : entryOf(field, args);
    form = entry && schemaForm(entry);
    press(edit, Boolean(entry));
    body.replaceChildren(form ? form.node : shown);
  };
  const edit = button("Edit arguments", flip, { icon: "edit", pressed: false });
  return {
    node: h(
      "div",
      { class: "agui-interrupt-call" },
      h("div", { class: "agui-call-name" }, drawing(TOOL), h("code", {}, name), field && edit),
      body,
    ),
    edited: () => (entry && form && touched(entry) ? form.check() : null),
  };
}

export class InterruptCard {
  /** @type {Answer | null} */
  decision = null;
  #said = "";
  #expiry = h("span", { class: "agui-expiry" });
  #outcome = h("div", { class: "agui-buttons", hidden: true });
  #interrupt;
  #approval;
  #form;
  #call;
  #decided;

  /**
   * @param {Interrupt} interrupt @param {Call | null} call @param {() => void} decided  when it was answered, and when the answer was taken back
   */
  constructor(interrupt, call, decided) {
    const { responseSchema: schema, toolCallId, message, reason, expiresAt } = interrupt;
    this.#interrupt = interrupt;
    this.#decided = decided;
    this.#approval = approvalOf(schema, toolCallId ? argumentNames(call?.args) : null);
    const asked = this.#approval
      ? this.#approval.rest
      : fieldOf(schema && Object.keys(schema).length ? schema : FREE);
    this.#form = asked && schemaForm(entryOf(asked), asked.label || "Your answer");
    this.#call = call && callView(call, this.#approval && this.#approval.edited);
    this.until = deadline(expiresAt);
    this.answers = this.#answers();
    this.body = h(
      "div",
      { class: "agui-interrupt-body" },
      this.#call && this.#call.node,
      this.#form && this.#form.node,
    );
    this.buttons = h("div", { class: "agui-buttons" }, this.#abandon(), space(), this.answers);
    this.node = this.#whole(message || reason);
  }

  /** @param {string} title */
  #whole(title) {
    const words = h("span", { class: "agui-interrupt-text" }, title);
    return h(
      "div",
      { class: "agui-interrupt", role: "group", "aria-label": title },
      h("div", { class: "agui-interrupt-title" }, words, this.#expiry),
      this.body,
      this.buttons,
      this.#outcome,
    );
  }

  #abandon() {
    const cancelled = /** @type {const} */ ({ interruptId: this.#interrupt.id, status: "cancelled" });
    const abandon = button("Abandon", () => this.#decide("Abandoned", cancelled));
    abandon.title = "Go on without an answer";
    return abandon;
  }

  #answers() {
    if (!this.#approval) return [button("Answer", () => this.#answer("Answered"), { kind: "primary" })];
    const bare = this.#approval.key === null;
    return [
      button(bare ? "No" : "Deny", () => this.#answer(bare ? "No" : "Denied", false), { kind: "plain" }),
      button(bare ? "Yes" : "Approve", () => this.#answer(bare ? "Yes" : "Approved", true), {
        kind: "primary",
      }),
    ];
  }

  /** @param {string} word @param {Answer | null} answer */
  #decide(word, answer) {
    this.#said = word;
    this.decision = answer;
    this.#decided();
  }

  /** @param {string} word @param {boolean} [yes] */
  #answer(word, yes) {
    const rest = this.#form ? this.#form.check() : { value: {}, valid: true };
    const edits = (yes && this.#call?.edited()) || null;
    if (!rest.valid || edits?.valid === false) return;
    const payload = this.#approval
      ? approvalPayload(this.#approval, Boolean(yes), rest.value, edits?.value)
      : rest.value;
    this.#decide(edits ? `${word} with changes` : word, {
      interruptId: this.#interrupt.id,
      status: "resolved",
      ...(payload === null || payload === undefined ? {} : { payload }),
    });
  }

  forget() {
    this.decision = null;
  }

  /** Among several, what is answered is one line. */
  fold() {
    const folded = this.decision !== null;
    this.body.hidden = this.buttons.hidden = folded;
    this.#outcome.hidden = !folded;
    const change = button("Change", () => this.#decide("", null));
    this.#outcome.replaceChildren(this.#said, space(), change);
  }

  /** @param {number} now */
  tick(now) {
    const expired = this.until <= now;
    setText(this.#expiry, expiryText(this.until, now));
    this.node.classList.toggle("agui-expired", expired);
    this.body.inert = expired;
    for (const one of this.answers) one.hidden = expired;
    if (expired && this.decision?.status === "resolved") this.#decide("", null);
  }
}
