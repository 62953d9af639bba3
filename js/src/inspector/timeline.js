// One run as bars over time: steps, subagents, tools, reasoning and answers. Drawn only while it is
// shown. Which bars there are: timeline_bars.js.

import { faint, toolbar } from "../ui/buttons.js";
import { h, setText } from "../ui/dom.js";
import { durationText } from "../ui/format.js";
import { barsOf } from "./timeline_bars.js";

/** @import { Bar, Bars } from "./timeline_bars.js" */

/** @param {number} ms */
const spanText = (ms) => durationText(ms, 1);
/** @import { Context, Run, View } from "../types" */

/** @type {Record<Bar["kind"], string>} a bar has the colour of the events it is made of */
const FAMILY = { step: "run", subagent: "activity", tool: "tool", reasoning: "reasoning", answer: "text" };
const BEAT = 500; // ms between two drawings of a run that goes on

/** @param {Bar} bar @param {Bars} all @returns {HTMLElement} */
function barView(bar, all) {
  const whole = Math.max(1, all.to - all.from);
  const shape = h("span", { class: `agui-bar agui-family-${FAMILY[bar.kind]}`, "aria-hidden": "true" });
  shape.style.left = `${((bar.from - all.from) / whole) * 100}%`;
  shape.style.width = `${((bar.to - bar.from) / whole) * 100}%`;
  const said = `${bar.kind} ${bar.label}, starts after ${spanText(bar.from - all.from)}, takes ${spanText(bar.to - bar.from)}, ${bar.status}`;
  return h(
    "li",
    { class: "agui-timeline-row", title: said, "aria-label": said },
    h("span", { class: "agui-timeline-label" }, bar.label),
    h("span", { class: "agui-track" }, shape),
    h("span", { class: "agui-timeline-span" }, spanText(bar.to - bar.from)),
  );
}

/** @param {Run} run @param {Bars} all @returns {string} */
function summaryOf(run, all) {
  const tools = all.tools
    ? `, of it tools ${spanText(all.tools)} and model ${spanText(all.to - all.from - all.tools)}`
    : "";
  return `${run.status === "running" ? "Running for" : "Took"} ${spanText(all.to - all.from)}${tools}`;
}

class Timeline {
  #shown = false;
  /** @type {string | null} null: the latest */
  #chosen = null;
  #timer = 0;

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.draw = this.draw.bind(this);
    this.select = h("select", {
      class: "agui-input",
      "aria-label": "Run",
      onchange: () => this.#choose(),
    });
    this.summary = faint();
    this.axis = h(
      "div",
      { class: "agui-timeline-axis", "aria-hidden": "true" },
      h("span"),
      h("span"),
      h("span"),
    );
    this.list = h("ol", { class: "agui-timeline-list", "aria-label": "Run over time" });
    this.empty = h("p", { class: "agui-empty" }, "No run yet.");
    this.node = h(
      "div",
      { class: "agui-timeline" },
      toolbar(this.select, this.summary),
      this.axis,
      this.list,
      this.empty,
    );
  }

  get #runs() {
    return this.context.store.document.runs;
  }

  #choose() {
    const at = this.select.selectedIndex;
    this.#chosen = at === this.#runs.length - 1 ? null : this.#runs[at].runId;
    this.draw();
  }

  /** @param {boolean} shown */
  turn(shown) {
    this.#shown = shown;
    if (shown) this.draw();
  }

  draw() {
    clearTimeout(this.#timer);
    if (!this.#shown || this.context.signal.aborted) return;
    const run = this.#runs.find((one) => one.runId === this.#chosen) ?? this.#runs.at(-1);
    this.empty.hidden = Boolean(run);
    this.axis.hidden = this.list.hidden = !run;
    this.select.hidden = this.#runs.length < 2;
    if (run) this.#drawRun(run);
    if (run?.status === "running")
      this.#timer = window.setTimeout(() => this.context.frames.request(this.draw), BEAT);
  }

  /** @param {Run} run */
  #drawRun(run) {
    const all = barsOf(this.context.store.document, run, Date.now());
    const names = this.#runs.map((_, at) => `Run ${at + 1}`);
    if (this.select.options.length !== names.length)
      this.select.replaceChildren(...names.map((name) => h("option", {}, name)));
    this.select.selectedIndex = this.#runs.indexOf(run);
    setText(this.summary, summaryOf(run, all));
    [0, 0.5, 1].forEach((part, at) => setText(this.axis.children[at], spanText((all.to - all.from) * part)));
    this.list.replaceChildren(...all.bars.map((bar) => barView(bar, all)));
  }
}

/** @param {Context} context @returns {View} */
export function timeline(context) {
  const view = new Timeline(context);
  const wake = () => context.frames.request(view.draw);
  for (const path of [["runs"], ["items"]]) context.store.subscribe(path, wake, context.signal);
  return { node: view.node, show: () => view.turn(true), hide: () => view.turn(false) };
}
