// One question of an agent's: the calls it is about, the form, the buttons, and the decision taken so
// far. What is asked the kernel says, and it writes the answer for the agent; when a decision is sent,
// and that nothing is chosen for the user, is interrupts.js's business.

import { button, faint, space } from "../ui/buttons.js";
import { h, setText } from "../ui/dom.js";
import { readJson, writeJson } from "../ui/json_text.js";
import { visible, visibleNodes } from "../ui/visible.js";
import { callView } from "./arguments.js";
import { deadline, expiryText } from "./expiry.js";
import { entryOf } from "./form_values.js";
import { fieldOf } from "./schema.js";
import { schemaForm } from "./schema_form.js";

/** @import { Context, Decision, Interrupt, Question } from "../types" */
/** @import { Entry } from "./form_values.js" */
/** @import { Field } from "./schema.js" */

/** What has no schema is answered in words, or as JSON. */
const FREE = {
  title: "Your answer",
  oneOf: [
    { title: "Text", type: "string" },
    { title: "JSON", type: "object" },
  ],
};

/**
 * The words of the two buttons, and what is said of them afterwards.
 * @type {Record<string, {deny: [string, string], approve: [string, string]}>}
 */
const WORDS = {
  approval: { deny: ["Deny", "Denied"], approve: ["Approve", "Approved"] },
  yes_no: { deny: ["No", "No"], approve: ["Yes", "Yes"] },
};

/** @param {Question} question */
function formOf({ kind, rest }) {
  if (kind !== "form" && rest === null) return null;
  const field = fieldOf(rest === null ? FREE : readJson(rest));
  const entry = entryOf(field);
  const form = schemaForm(entry, field.label || "Your answer");
  return kind === "form" || !isAside(entry) ? form : { ...form, node: aside(field, form.node) };
}

/** Words that one may add to a yes or a no, and nothing else: nothing has to be looked at. @param {Entry} entry */
const isAside = ({ parts, field }) =>
  field.fields.length > 0 &&
  field.fields.every(([, one]) => one.kind === "text" && !one.required) &&
  parts.every((part) => part.text === "");

/** In one line, until somebody wants to. @param {Field} field @param {HTMLElement} form */
function aside({ fields }, form) {
  const names = fields.map(([, one]) => one.label).join(", ");
  return h("details", { class: "agui-aside" }, h("summary", {}, `${names} (optional)`), form);
}

/**
 * What the user's Python drew of a question, with the details' way to show it.
 * @param {Context} context @param {HTMLElement} node @returns {(key: string) => boolean} whether there is anything
 */
function drawingOf(context, node) {
  /** @type {Promise<(key: string) => boolean> | undefined} */
  let shown;
  return (key) => {
    const any = [context.store.document.outputs[key] ?? []].flat().length > 0;
    if (any) shown ??= context.module("details").then((made) => made.drawing(context, node));
    shown?.then((draw) => draw(key), console.warn);
    return any;
  };
}

export class InterruptCard {
  /** @type {Decision | null} */
  decision = null;
  #said = "";
  #expiry = h("span", { class: "agui-expiry" });
  #outcome = h("div", { class: "agui-buttons", hidden: true });
  #answered = false; // by what was drawn
  #place = h("div", { class: "agui-outputs" });
  #drawn;
  #key;
  #question;
  #form;
  #calls;
  #decided;
  #held = false;

  /**
   * @param {Context} context @param {Interrupt} interrupt @param {Question} question @param {boolean} here  whether this kernel asks, before a tool of its own
   * @param {() => void} decided  when it was answered, and when the answer was taken back
   */
  constructor(context, { id, toolCallId, expiresAt }, question, here, decided) {
    this.#drawn = drawingOf(context, this.#place);
    this.#key = `ask:${id}`;
    this.#question = question;
    this.#decided = decided;
    this.#form = formOf(question);
    this.#calls = question.actions.map((action) => callView(action, () => this.hold(this.#held)));
    this.until = deadline(expiresAt);
    this.yes = this.#answer("approve", "primary");
    this.yeses = here ? [this.#always(), this.yes] : [this.yes];
    this.answers = question.kind === "form" ? this.yeses : [this.#answer("deny", "plain"), ...this.yeses];
    this.body = h(
      "div",
      { class: "agui-interrupt-body" },
      this.#calls.map((call) => call.node),
      toolCallId && !this.#calls.length
        ? faint(`It names a tool call that is not in this conversation: ${visible(toolCallId)}`)
        : null,
      this.#place,
      this.#form && this.#form.node,
    );
    this.buttons = h("div", { class: "agui-buttons" }, this.#abandon(), space(), this.answers);
    this.node = this.#whole(question.text);
  }

  /** @param {string} title */
  #whole(title) {
    const words = h("span", { class: "agui-interrupt-text" }, visibleNodes(title));
    return h(
      "div",
      { class: "agui-interrupt", role: "group", "aria-label": visible(title) },
      h("div", { class: "agui-interrupt-title" }, words, this.#expiry),
      this.body,
      this.buttons,
      this.#outcome,
    );
  }

  #abandon() {
    const abandon = button("Abandon", () => this.#decide("Abandoned", "abandon"));
    abandon.title = "Go on without an answer";
    return abandon;
  }

  #always() {
    return button("Allow in this session", () =>
      this.#give("Allowed in this session", "approve", { always: true }),
    );
  }

  /** @param {"approve" | "deny"} verb @param {"primary" | "plain"} kind */
  #answer(verb, kind) {
    if (this.#question.kind === "form")
      return button("Answer", () => this.#give("Answered", "answer"), { kind });
    const [word, said] = WORDS[this.#question.kind][verb];
    return button(word, () => this.#give(said, verb), { kind });
  }

  /** @param {string} word @param {Decision["verb"]} verb @param {Partial<Decision>} [more] */
  #decide(word, verb, more = {}) {
    const { id: interruptId, fingerprint } = this.#question;
    this.#take(word, { interruptId, verb, fingerprint, ...more });
  }

  /** @param {string} word @param {Decision | null} decision */
  #take(word, decision) {
    this.#said = word;
    this.decision = decision;
    this.#decided();
  }

  /** @param {string} word @param {Decision["verb"]} verb @param {Partial<Decision>} [more] */
  #give(word, verb, more) {
    const rest = this.#form ? this.#form.check() : { value: undefined, valid: true };
    const edits = verb === "approve" ? this.#calls.map((call) => call.edits()) : [];
    if (!rest.valid || edits.some((one) => one?.valid === false)) return;
    const changed = edits.some(Boolean);
    this.#decide(changed ? `${word} with changes` : word, verb, {
      ...more,
      ...(changed ? { edits: writeJson(edits.map((one) => one && one.value)) } : {}),
      ...(rest.value === undefined ? {} : { value: writeJson(rest.value) }),
    });
  }

  /** What the user's Python drew of the question stands in for the form. */
  draw() {
    const drawn = this.#drawn(this.#key);
    if (this.#form) this.#form.node.hidden = drawn;
    this.#answered = drawn && this.#question.kind === "form";
  }

  forget() {
    this.decision = null;
  }

  /** No button works while ``locked``, and no yes before all of it can be seen. @param {boolean} locked */
  hold(locked) {
    this.#held = locked;
    for (const one of this.node.querySelectorAll("button")) one.disabled = locked;
    const unseen = !this.#calls.every((call) => call.seen());
    for (const yes of this.yeses) {
      yes.disabled = locked || unseen;
      yes.title = unseen
        ? "Not before everything was in sight: scroll to the end, or show all"
        : yes === this.yes
          ? ""
          : "Ask no more before this tool runs, in this session; the thread's menu takes it back";
    }
  }

  /** Among several, what is answered is one line. */
  fold() {
    const folded = this.decision !== null;
    this.body.hidden = this.buttons.hidden = folded;
    this.#outcome.hidden = !folded;
    const change = button("Change", () => this.#take("", null));
    this.#outcome.replaceChildren(this.#said, space(), change);
  }

  /** @param {number} now */
  tick(now) {
    const expired = this.until <= now;
    setText(this.#expiry, expiryText(this.until, now));
    this.node.classList.toggle("agui-expired", expired);
    this.body.inert = expired;
    for (const one of this.answers) one.hidden = expired || this.#answered;
    if (expired && this.decision && this.decision.verb !== "abandon") this.#take("", null);
  }
}
