// What the agent asks before it goes on: one form per pending interrupt, all answered in one resume
// (C-INT-04). The one loud element. Nothing is ever chosen for the user: no preselected yes, no
// focus on Approve, no Enter or Escape that answers, and a moment's pause before buttons work, so
// that a click meant for what was there before is not taken as consent (C-TRUST-01).

import { h, icon, setText } from "../dom.js";
import { entryOf, touched } from "../entries.js";
import { deadline, expiryText } from "../expiry.js";
import { approvalOf, fieldOf } from "../schema.js";
import { button, faint, press, space } from "./buttons.js";
import { jsonTree } from "./json_tree.js";
import { schemaForm } from "./schema_form.js";

/** @import { Approval, Field } from "../schema.js" */
/** @import { SchemaForm } from "./schema_form.js" */
/** @import { Context, Conversation, Interrupt, View } from "../types" */
/** @typedef {{interruptId: string, status: "resolved" | "cancelled", payload?: any}} Answer */
/** @typedef {{name: string, args: any}} Call */
/** @typedef {{node: HTMLElement, until: number, decision: Answer | null, forget(): void, fold(): void, tick(now: number): void}} Card */

const PAUSE = 400; // ms
const GAP = 8; // px
/** What has no schema is answered in words, or as JSON. */
const FREE = {
  title: "Your answer",
  oneOf: [
    { title: "Text", type: "string" },
    { title: "JSON", type: "object" },
  ],
};

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return text;
  }
}

/** The tool call an interrupt is about. @param {Conversation} document @param {Interrupt} interrupt @returns {Call | null} */
export function callOf(document, { toolCallId }) {
  const calls = document.messages.flatMap((message) => message.toolCalls ?? []);
  const call = toolCallId && calls.find((one) => one.id === toolCallId);
  return call ? { name: call.function.name, args: parsed(call.function.arguments) } : null;
}

/** @param {Approval} approval @param {boolean} yes @param {any} rest @param {unknown} edited */
export function approvalPayload({ key, edits }, yes, rest, edited) {
  if (key === null) return yes;
  return { ...rest, [key]: yes, ...(edits && edited !== undefined ? { [edits]: edited } : {}) };
}

/** @param {unknown} args @returns {string[]} */
const argumentNames = (args) => (typeof args === "object" && args ? Object.keys(args) : []);

/** The tool and its arguments; ``edited`` reads them when they were changed. @param {Call} call @param {Field | null} field */
function callView({ name, args }, field) {
  const shown = argumentNames(args).length
    ? jsonTree(args, { label: `Arguments of ${name}`, open: 3 }).node
    : faint(typeof args === "string" ? args : "no arguments");
  const body = h("div", { class: "agui-call-args" }, shown);
  /** @type {import("../entries.js").Entry | null} */
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
      h("div", { class: "agui-call-name" }, icon("tool"), h("code", {}, name), field && edit),
      body,
    ),
    edited: () => (entry && form && touched(entry) ? form.check() : null),
  };
}

/** One interrupt; calls ``decided`` when it was answered, and when the answer was taken back. @param {Interrupt} interrupt @param {Call | null} call @param {() => void} decided @returns {Card} */
// long: the parts of one form and what they share
function interruptCard({ id, reason, message, responseSchema, toolCallId, expiresAt }, call, decided) {
  const approval = approvalOf(responseSchema, toolCallId ? argumentNames(call?.args) : null);
  const asked = approval
    ? approval.rest
    : fieldOf(responseSchema && Object.keys(responseSchema).length ? responseSchema : FREE);
  const form = asked && schemaForm(entryOf(asked), asked.label || "Your answer");
  const shownCall = call && callView(call, approval && approval.edited);
  const until = deadline(expiresAt);
  const title = message || reason;
  let said = "";

  /** @param {string} word @param {Answer | null} answer */
  const decide = (word, answer) => {
    said = word;
    card.decision = answer;
    decided();
  };
  /** @param {string} word @param {boolean} [yes] */
  const answer = (word, yes) => {
    const rest = form ? form.check() : { value: {}, valid: true };
    const edits = (yes && shownCall?.edited()) || null;
    if (!rest.valid || edits?.valid === false) return;
    const payload = approval ? approvalPayload(approval, Boolean(yes), rest.value, edits?.value) : rest.value;
    decide(edits ? `${word} with changes` : word, {
      interruptId: id,
      status: "resolved",
      ...(payload === null || payload === undefined ? {} : { payload }),
    });
  };
  const abandon = button("Abandon", () => decide("Abandoned", { interruptId: id, status: "cancelled" }));
  abandon.title = "Go on without an answer";
  const bare = approval?.key === null;
  const answers = approval
    ? [
        button(bare ? "No" : "Deny", () => answer(bare ? "No" : "Denied", false), { kind: "plain" }),
        button(bare ? "Yes" : "Approve", () => answer(bare ? "Yes" : "Approved", true), { kind: "primary" }),
      ]
    : [button("Answer", () => answer("Answered"), { kind: "primary" })];
  const expiry = h("span", { class: "agui-expiry" });
  const body = h("div", { class: "agui-interrupt-body" }, shownCall && shownCall.node, form && form.node);
  const buttons = h("div", { class: "agui-buttons" }, abandon, space(), answers);
  const outcome = h("div", { class: "agui-buttons", hidden: true });

  /** @type {Card} */
  const card = {
    node: h(
      "div",
      { class: "agui-interrupt", role: "group", "aria-label": title },
      h("div", { class: "agui-interrupt-title" }, h("span", { class: "agui-interrupt-text" }, title), expiry),
      body,
      buttons,
      outcome,
    ),
    until,
    decision: null,
    forget: () => (card.decision = null),
    fold() {
      const folded = card.decision !== null;
      body.hidden = buttons.hidden = folded;
      outcome.hidden = !folded;
      outcome.replaceChildren(
        said,
        space(),
        button("Change", () => decide("", null)),
      );
    },
    tick(now) {
      const expired = until <= now;
      setText(expiry, expiryText(until, now));
      card.node.classList.toggle("agui-expired", expired);
      body.inert = expired;
      for (const one of answers) one.hidden = expired;
      if (expired && card.decision?.status === "resolved") decide("", null);
    },
  };
  return card;
}

/** All pending interrupts of the conversation. */
class Interrupts {
  /** @type {Card[]} */
  #cards = [];
  #drawn = "[]";
  /** how many runs there were when the answers were sent, -1: they are not */
  #sentAfter = -1;
  #pausing = false;
  #clock = 0;

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.left = h("span", { role: "status" });
    this.send = button("Send answers", () => this.#resume(), { kind: "primary" });
    this.footer = h("div", { class: "agui-interrupt-footer agui-buttons" }, this.left, space(), this.send);
    this.list = h("div");
    this.node = h(
      "section",
      { class: "agui-interrupts", "aria-label": "The agent waits for you", hidden: true },
      this.list,
      this.footer,
    );
    context.signal.addEventListener("abort", () => clearInterval(this.#clock));
  }

  draw() {
    const { document } = this.context.store;
    const { interrupts: asked, runs } = document;
    const wanted = JSON.stringify(asked.map((one) => [one, callOf(document, one)]));
    if (wanted !== this.#drawn) this.#rebuild(document);
    this.#drawn = wanted;
    if (this.#sentAfter >= 0 && runs.length > this.#sentAfter && runs[runs.length - 1].status !== "running")
      this.unlock();
    this.#refresh();
  }

  /** @param {Conversation} document */
  #rebuild(document) {
    const asked = document.interrupts;
    this.#cards = asked.map((one) => interruptCard(one, callOf(document, one), () => this.#decided()));
    this.list.replaceChildren(...this.#cards.map((card) => card.node));
    this.node.hidden = !asked.length;
    this.#sentAfter = -1;
    clearInterval(this.#clock);
    if (!asked.length) return;
    if (this.#cards.some((card) => card.until < Infinity)) this.#clock = window.setInterval(() => this.#tick(), 1000);
    this.#pause();
    // after the transcript has followed its own end
    requestAnimationFrame(() => requestAnimationFrame(() => this.#toTop()));
    this.context.announce(`The agent waits for you: ${asked.map((one) => one.message || one.reason).join("; ")}`);
  }

  /** A form higher than the transcript is read from its top. */
  #toTop() {
    const log = this.node.closest("[role=log]");
    if (!log || this.node.offsetHeight <= log.clientHeight) return;
    log.scrollTop += this.node.getBoundingClientRect().top - log.getBoundingClientRect().top - GAP;
  }

  #pause() {
    this.#pausing = true;
    setTimeout(() => {
      this.#pausing = false;
      this.#refresh();
    }, PAUSE);
  }

  #tick() {
    for (const card of this.#cards) card.tick(Date.now());
  }

  #decided() {
    const [first, ...others] = this.#cards;
    if (others.length) for (const card of this.#cards) card.fold();
    else if (first.decision) this.#resume();
    this.#refresh();
  }

  #resume() {
    const answers = this.#cards.flatMap((card) => card.decision ?? []);
    if (answers.length < this.#cards.length || this.#sentAfter >= 0) return;
    this.#sentAfter = this.context.store.document.runs.length;
    this.#refresh();
    this.context.send({ kind: "resume", answers });
  }

  /** Answers that left the questions standing (refused, failed, no connection) may be given again. */
  unlock() {
    if (this.#sentAfter < 0) return;
    this.#sentAfter = -1;
    if (this.#cards.length === 1) this.#cards[0].forget();
    this.#refresh();
  }

  #refresh() {
    const { connection, document, view } = this.context.store;
    const running = document.runs.at(-1)?.status === "running";
    const sent = this.#sentAfter >= 0;
    const locked = sent || this.#pausing || running || view.readonly || connection === "dead";
    const all = this.#cards.length;
    const given = this.#cards.filter((card) => card.decision).length;
    for (const one of this.node.querySelectorAll("button")) one.disabled = locked;
    this.send.disabled = locked || given < all;
    this.footer.hidden = all < 2;
    setText(this.left, sent ? "Sending…" : `${given} of ${all} answered`);
    this.node.classList.toggle("agui-sent", sent);
    this.#tick();
  }
}

/** @param {Context} context @returns {View} */
export function interrupts(context) {
  const all = new Interrupts(context);
  const { store, signal, frames } = context;
  const draw = () => all.draw();
  const wake = () => frames.request(draw);
  const reconnected = () => {
    all.unlock();
    wake();
  };
  store.subscribe(["interrupts"], wake, signal);
  store.subscribe(["runs"], wake, signal);
  store.watch("connection", reconnected, signal);
  store.watch("view", wake, signal);
  context.on("notice", ({ level }) => level === "error" && all.unlock(), signal);
  draw();
  return { node: all.node };
}
