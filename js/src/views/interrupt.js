// What the agent asks before it goes on: one form per pending interrupt, all answered in one resume
// (C-INT-04). The one loud element. Nothing is ever chosen for the user: no preselected yes, no
// focus on Approve, no Enter or Escape that answers, and a moment's pause before buttons work, so
// that a click meant for what was there before is not taken as consent (C-TRUST-01).

import { h, icon, setText } from "../dom.js";
import { entryOf, touched } from "../entries.js";
import { deadline, expiryText } from "../expiry.js";
import { approvalOf, fieldOf } from "../schema.js";
import { jsonTree } from "./json_tree.js";
import { schemaForm } from "./schema_form.js";

/** @import { Approval, Field } from "../schema.js" */
/** @import { SchemaForm } from "./schema_form.js" */
/** @import { Context, Conversation, Interrupt, View } from "../types" */
/** @typedef {{interruptId: string, status: "resolved" | "cancelled", payload?: any}} Answer */
/** @typedef {{name: string, args: any} | null} Call */
/** @typedef {{answer: Answer, said: string}} Decision */
/** @typedef {{node: HTMLElement, tick(now: number): void, decision: Decision | null}} Card */

const PAUSE = 400;

/** The tool call an interrupt is about. @param {Conversation} document @param {Interrupt} interrupt @returns {Call} */
export function callOf(document, interrupt) {
  if (!interrupt.toolCallId) return null;
  for (const message of document.messages) {
    const call = message.toolCalls?.find((one) => one.id === interrupt.toolCallId);
    if (call) return { name: call.function.name, args: parsed(call.function.arguments) };
  }
  return null;
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return text;
  }
}

/** @param {unknown} args @returns {string[]} */
const argumentNames = (args) => (typeof args === "object" && args ? Object.keys(args) : []);

/** @param {string} name @param {string} kind @param {() => void} onclick */
const button = (name, kind, onclick) =>
  h("button", { type: "button", class: `agui-button ${kind}`, onclick }, name);

/** What has no schema is answered in words, or as JSON. */
const FREE = {
  title: "Your answer",
  oneOf: [
    { title: "Text", type: "string" },
    { title: "JSON object", type: "object" },
  ],
};

/** @param {Interrupt} interrupt @param {Call} call @returns {{approval: Approval | null, asked: Field}} */
function readSchema({ responseSchema, toolCallId }, call) {
  const empty = !responseSchema || !Object.keys(responseSchema).length;
  const names = toolCallId ? argumentNames(call?.args) : null;
  return {
    approval: approvalOf(responseSchema, names),
    asked: fieldOf(empty ? FREE : responseSchema),
  };
}

/** One interrupt. Tells ``decided`` of each answer, also of one taken back (null). */
class InterruptCard {
  /** @type {Decision | null} */
  decision = null;
  /** @type {SchemaForm | null} */
  #form = null;
  /** @type {SchemaForm | null} */
  #edited = null;
  /** @type {import("../entries.js").Entry | null} */
  #edits = null;

  /** @param {Interrupt} interrupt @param {Call} call @param {() => void} decided */
  constructor(interrupt, call, decided) {
    this.interrupt = interrupt;
    this.decided = decided;
    this.until = deadline(interrupt.expiresAt);
    const { approval, asked } = readSchema(interrupt, call);
    this.approval = approval;
    this.expiry = h("span", { class: "agui-expiry" });
    this.buttons = h("div", { class: "agui-interrupt-buttons" });
    this.body = h(
      "div",
      { class: "agui-interrupt-body" },
      this.#question(approval ? approval.rest : asked, call),
    );
    this.outcome = h("div", { class: "agui-interrupt-outcome", hidden: true });
    const title = interrupt.message || interrupt.reason;
    this.node = h(
      "div",
      { class: "agui-interrupt", role: "group", "aria-label": title },
      h(
        "div",
        { class: "agui-interrupt-title" },
        h("span", { class: "agui-interrupt-text" }, title),
        this.expiry,
      ),
      this.body,
      this.buttons,
      this.outcome,
    );
    this.#offer(false);
  }

  /** @param {Field | null} field @param {Call} call @returns {HTMLElement[]} */
  #question(field, call) {
    if (field) this.#form = schemaForm(entryOf(field), field.label || "Your answer");
    return [...(call ? [this.#callView(call)] : []), ...(this.#form ? [this.#form.node] : [])];
  }

  /** @param {{name: string, args: any}} call @returns {HTMLElement} */
  #callView({ name, args }) {
    const shown = argumentNames(args).length
      ? jsonTree(args, { label: `Arguments of ${name}`, open: 3 }).node
      : null;
    const body = h(
      "div",
      { class: "agui-call-args" },
      shown ?? h("span", { class: "agui-faint" }, typeof args === "string" ? args : "no arguments"),
    );
    const edit = this.approval?.edited && this.#editing(this.approval.edited, args, body);
    return h(
      "div",
      { class: "agui-interrupt-call" },
      h("div", { class: "agui-call-name" }, icon("tool"), h("code", {}, name), edit),
      body,
    );
  }

  /** @param {Field} field @param {any} args @param {HTMLElement} body @returns {HTMLButtonElement} */
  #editing(field, args, body) {
    const shown = [...body.childNodes];
    const toggle = h(
      "button",
      {
        type: "button",
        class: "agui-button agui-quiet",
        "aria-pressed": "false",
        onclick: () => flip(),
      },
      icon("edit"),
      "Edit arguments",
    );
    const flip = () => {
      this.#edits = this.#edits ? null : entryOf(field, args);
      this.#edited = this.#edits && schemaForm(this.#edits, "Arguments");
      toggle.setAttribute("aria-pressed", String(Boolean(this.#edits)));
      body.replaceChildren(...(this.#edited ? [this.#edited.node] : shown));
    };
    return toggle;
  }

  /** @param {boolean} expired */
  #offer(expired) {
    const abandon = button("Abandon", "agui-quiet", () =>
      this.#decide({ interruptId: this.interrupt.id, status: "cancelled" }, "Abandoned"),
    );
    abandon.title = "Go on without an answer";
    const space = h("span", { class: "agui-space" });
    const yesNo = this.approval?.key === null ? ["No", "Yes"] : ["Deny", "Approve"];
    const answers = this.approval
      ? [
          button(yesNo[0], "", () => this.#answer(false, yesNo[0] === "No" ? "No" : "Denied")),
          button(yesNo[1], "agui-primary", () =>
            this.#answer(true, yesNo[1] === "Yes" ? "Yes" : "Approved"),
          ),
        ]
      : [button("Answer", "agui-primary", () => this.#answer(null, "Answered"))];
    this.buttons.replaceChildren(abandon, space, ...(expired ? [] : answers));
    this.body.inert = expired;
  }

  /** @param {boolean | null} yes @param {string} said */
  #answer(yes, said) {
    const rest = this.#form?.check() ?? { value: {}, valid: true };
    const edits = (yes && this.#edits && touched(this.#edits) && this.#edited?.check()) || null;
    if (!rest.valid || (edits && !edits.valid)) return;
    const payload =
      yes === null
        ? rest.value
        : approvalPayload(/** @type {Approval} */ (this.approval), yes, rest.value, edits?.value);
    this.#decide(
      {
        interruptId: this.interrupt.id,
        status: "resolved",
        ...(payload === null || payload === undefined ? {} : { payload }),
      },
      edits ? `${said} with changes` : said,
    );
  }

  /** @param {Answer} answer @param {string} said */
  #decide(answer, said) {
    this.decision = { answer, said };
    this.decided();
  }

  /** @param {boolean} folded  an answer given, others still to come */
  fold(folded) {
    this.body.hidden = this.buttons.hidden = folded;
    this.outcome.hidden = !folded;
    if (!folded) return;
    const change = button("Change", "agui-quiet", () => {
      this.decision = null;
      this.decided();
    });
    this.outcome.replaceChildren(
      icon("check"),
      this.decision?.said ?? "",
      h("span", { class: "agui-space" }),
      change,
    );
  }

  /** @param {number} now */
  tick(now) {
    const expired = this.until <= now;
    setText(
      this.expiry,
      expired
        ? `${expiryText(this.until, now)}. It can only be abandoned.`
        : expiryText(this.until, now),
    );
    if (expired === this.node.classList.contains("agui-expired")) return;
    this.node.classList.toggle("agui-expired", expired);
    this.#offer(expired);
    if (this.decision?.answer.status !== "resolved") return;
    this.decision = null;
    this.decided();
  }
}

/** @param {Approval} approval @param {boolean} yes @param {any} rest @param {unknown} edited */
export function approvalPayload({ key, edits }, yes, rest, edited) {
  if (key === null) return yes;
  return { ...rest, [key]: yes, ...(edits && edited !== undefined ? { [edits]: edited } : {}) };
}

/** All pending interrupts of the conversation. */
class Interrupts {
  /** @type {InterruptCard[]} */
  #cards = [];
  #drawn = "[]";
  /** how many runs there were when the answers were sent, -1: they are not */
  #sentAfter = -1;
  #pausing = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #clock;

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.left = h("span", { class: "agui-interrupt-left", role: "status" });
    this.send = button("Send answers", "agui-primary", () => this.#resume());
    this.footer = h(
      "div",
      { class: "agui-interrupt-footer" },
      this.left,
      h("span", { class: "agui-space" }),
      this.send,
    );
    this.cards = h("div", { class: "agui-interrupt-cards" });
    this.node = h(
      "section",
      { class: "agui-interrupts", "aria-label": "The agent waits for you", hidden: true },
      this.cards,
      this.footer,
    );
    context.signal.addEventListener("abort", () => clearInterval(this.#clock));
  }

  draw() {
    const { document } = this.context.store;
    const wanted = JSON.stringify(document.interrupts.map((one) => [one, callOf(document, one)]));
    if (wanted !== this.#drawn) this.#rebuild(document);
    this.#drawn = wanted;
    const { runs } = document;
    if (
      this.#sentAfter >= 0 &&
      runs.length > this.#sentAfter &&
      runs[runs.length - 1].status !== "running"
    )
      this.unlock();
    this.#refresh();
  }

  /** @param {Conversation} document */
  #rebuild(document) {
    this.#cards = document.interrupts.map(
      (one) => new InterruptCard(one, callOf(document, one), () => this.#decided()),
    );
    this.cards.replaceChildren(...this.#cards.map((card) => card.node));
    this.node.hidden = !this.#cards.length;
    this.#sentAfter = -1;
    this.#keepTime();
    if (!this.#cards.length) return;
    this.#pause();
    this.context.announce(
      `The agent waits for you: ${document.interrupts.map((one) => one.message || one.reason).join("; ")}`,
    );
  }

  #keepTime() {
    clearInterval(this.#clock);
    if (!this.#cards.some((card) => card.until < Infinity)) return;
    this.#clock = setInterval(() => this.#cards.forEach((card) => card.tick(Date.now())), 1000);
  }

  #pause() {
    this.#pausing = true;
    setTimeout(() => {
      this.#pausing = false;
      this.#refresh();
    }, PAUSE);
  }

  #decided() {
    const several = this.#cards.length > 1;
    if (several) for (const card of this.#cards) card.fold(card.decision !== null);
    else if (this.#cards[0].decision) this.#resume();
    this.#refresh();
  }

  #resume() {
    const answers = this.#cards.flatMap((card) => (card.decision ? [card.decision.answer] : []));
    if (answers.length !== this.#cards.length || this.#sentAfter >= 0) return;
    this.#sentAfter = this.context.store.document.runs.length;
    this.#refresh();
    this.context.send({ kind: "resume", answers });
  }

  /** Answers that left the questions standing (refused, failed, no connection) may be given again. */
  unlock() {
    if (this.#sentAfter < 0) return;
    this.#sentAfter = -1;
    if (this.#cards.length === 1) this.#cards[0].decision = null;
    this.#refresh();
  }

  /** @returns {boolean} whether nothing can be answered just now */
  #locked() {
    const { connection, document, view } = this.context.store;
    const running = document.runs.at(-1)?.status === "running";
    return (
      this.#sentAfter >= 0 || this.#pausing || running || view.readonly || connection === "dead"
    );
  }

  #refresh() {
    const given = this.#cards.filter((card) => card.decision).length;
    const all = this.#cards.length;
    const locked = this.#locked();
    for (const one of this.node.querySelectorAll("button")) one.disabled = locked;
    this.send.disabled = locked || given < all;
    this.footer.hidden = all < 2;
    setText(
      this.left,
      this.#sentAfter >= 0
        ? "Sending…"
        : given < all
          ? `${given} of ${all} answered`
          : `All ${all} answered`,
    );
    this.node.classList.toggle("agui-sent", this.#sentAfter >= 0);
    for (const card of this.#cards) card.tick(Date.now());
  }
}

/** @param {Context} context @returns {View} */
export function interrupts(context) {
  const all = new Interrupts(context);
  const { store, signal, frames } = context;
  const draw = () => all.draw();
  const wake = () => frames.request(draw);
  store.subscribe(["interrupts"], wake, signal);
  store.subscribe(["runs"], wake, signal);
  store.watch("connection", () => (all.unlock(), wake()), signal);
  store.watch("view", wake, signal);
  context.on("notice", ({ level }) => level === "error" && all.unlock(), signal);
  draw();
  return { node: all.node };
}
