// What the agent asks before it goes on: one form per pending interrupt, all answered in one resume
// (C-INT-04). The one loud element. Nothing is ever chosen for the user: no preselected yes, no
// focus on Approve, no Enter or Escape that answers, and a moment's pause before buttons work, so
// that a click meant for what was there before is not taken as consent (C-TRUST-01).

import { button, space } from "../ui/buttons.js";
import { h, setText } from "../ui/dom.js";
import { InterruptCard } from "./interrupt_card.js";

/** @import { Context, Conversation, View } from "../types" */

const PAUSE = 400; // ms
const GAP = 8; // px
const MOST = 0.8; // of the page's height
/** All pending interrupts of the conversation. */
class Interrupts {
  /** @type {InterruptCard[]} */
  #cards = [];
  #drawn = "[]";
  /** how many runs there were when the answers were sent, -1: they are not */
  #sentAfter = -1;
  #warned = 0; // how many warnings there were then
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
    this.node.addEventListener("agui-look", () => this.#point());
    context.signal.addEventListener("abort", () => clearInterval(this.#clock));
  }

  /** The eye is taken to the question; nothing is answered. */
  #point() {
    this.node.scrollIntoView({ block: "nearest" });
    this.node.classList.remove("agui-pointed");
    void this.node.offsetWidth; // or the animation would not begin anew
    this.node.classList.add("agui-pointed");
    this.context.announce("Answer the request first");
  }

  /** The chat is made higher for what does not fit, as far as the page has room. @param {Element} log */
  #makeRoom(log) {
    const { root } = this.context;
    const lacking = this.node.offsetHeight + 2 * GAP - log.clientHeight;
    const room = innerHeight * MOST;
    if (lacking > 0 && root.offsetHeight < room)
      root.style.minHeight = `${Math.min(room, root.offsetHeight + lacking)}px`;
  }

  draw() {
    const { document } = this.context.store;
    const { questions: asked, interrupts: asking, runs, warnings } = document;
    const wanted = JSON.stringify([asked, asking]);
    if (wanted !== this.#drawn) this.#rebuild(document);
    this.#drawn = wanted;
    for (const card of this.#cards) card.draw();
    const refusal = warnings.slice(this.#warned).find((one) => one.runId === undefined);
    if (this.#sentAfter >= 0 && refusal) {
      this.unlock();
      this.context.notice(refusal.message, "error");
    }
    const last = runs.at(-1);
    const running = last?.status === "running";
    this.node.hidden = !this.#cards.length || (running && Boolean(last.resume));
    if (this.#sentAfter >= 0 && runs.length > this.#sentAfter && !running) this.unlock();
    this.#refresh();
  }

  /** @param {Conversation} document */
  #rebuild(document) {
    const asked = document.questions;
    const here = document.runs.flatMap((run) => run.askedHere ?? []);
    this.#cards = asked.flatMap((question) => {
      const interrupt = document.interrupts.find((one) => one.id === question.id);
      return interrupt
        ? [
            new InterruptCard(this.context, interrupt, question, here.includes(question.id), () =>
              this.#decided(),
            ),
          ]
        : [];
    });
    this.list.replaceChildren(...this.#cards.map((card) => card.node));
    this.#sentAfter = -1;
    clearInterval(this.#clock);
    this.context.root.style.minHeight = "";
    if (!this.#cards.length) return;
    if (this.#cards.some((card) => card.until < Infinity))
      this.#clock = window.setInterval(() => this.#tick(), 1000);
    this.#pause();
    // after the transcript has followed its own end
    requestAnimationFrame(() => requestAnimationFrame(() => this.#toTop()));
    this.context.announce(`The agent waits for you: ${asked.map((one) => one.text).join("; ")}`);
  }

  /** A form higher than the transcript is read from its top. */
  #toTop() {
    const log = this.node.closest("[role=log]");
    if (!log) return;
    this.#makeRoom(log);
    if (this.node.offsetHeight <= log.clientHeight) return;
    log.scrollTop += this.node.getBoundingClientRect().top - log.getBoundingClientRect().top - GAP;
    log.dispatchEvent(new Event("scroll")); // at once, or the log follows its end once more
  }

  #pause() {
    this.#pausing = true;
    setTimeout(() => {
      this.#pausing = false;
      this.#toTop(); // once more: a chat that was just opened has drawn what stands above by now
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
    const decisions = this.#cards.flatMap((card) => card.decision ?? []);
    if (decisions.length < this.#cards.length || this.#sentAfter >= 0) return;
    const { runs, warnings } = this.context.store.document;
    this.#sentAfter = runs.length;
    this.#warned = warnings.length;
    this.#refresh();
    this.context.send({ kind: "resume", decisions });
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
    for (const card of this.#cards) card.hold(locked);
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
  store.subscribe(["questions"], wake, signal);
  store.subscribe(["outputs"], wake, signal);
  store.subscribe(["runs"], wake, signal);
  store.subscribe(["warnings"], wake, signal);
  store.watch("connection", reconnected, signal);
  store.watch("view", wake, signal);
  context.on("notice", ({ level }) => level === "error" && all.unlock(), signal);
  draw();
  return { node: all.node };
}
