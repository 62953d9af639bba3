// One run as nested bars over time, another one below each where two are compared; the first token, the
// speed. A click leads to the row of the network panel. Which bars there are: timeline_bars.js.

import { faint, toolbar } from "../ui/buttons.js";
import { h, setText } from "../ui/dom.js";
import { durationText } from "../ui/format.js";
import { barsOf, overlaid, speedText } from "./timeline_bars.js";

/** @import { Bar, Bars, Kind } from "./timeline_bars.js" */
/** @import { Context, Run, View } from "../types" */
/** @import { WireRows } from "./wire_rows.js" */
/** @typedef {{ rows: WireRows, reach(find: () => number): void }} Wire */

/** @type {Record<Kind, string>} a bar has the colour of the events it is made of */
const FAMILY = {
  run: "run",
  step: "run",
  subagent: "activity",
  tool: "tool",
  model: "other",
  reasoning: "reasoning",
  answer: "text",
  waiting: "state",
};
const NAMED = new Set(["step", "subagent", "tool"]);
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const BEAT = 500; // ms between two drawings of a run that goes on

/** @param {number} ms */
const spanText = (ms) => durationText(ms, 1);

/** @param {Bar} bar */
const lengthOf = ({ from, to, parts }) =>
  parts ? parts.reduce((sum, [start, end]) => sum + end - start, 0) : to - from;

/** When it began, and how it went. @param {Bar} bar @param {Bars} all */
const said = ({ from, status }, all) => `after ${spanText(from - all.from)}${status && `, ${status}`}`;

/** @param {Bar} bar @param {number} from @param {number} whole @param {boolean} [isOther] */
function shapes(bar, from, whole, isOther = false) {
  return (bar.parts ?? [[bar.from, bar.to]]).map(([start, end]) => {
    const kind = `agui-bar agui-family-${FAMILY[bar.kind]} agui-bar-${bar.kind}`;
    const shape = h("span", { class: isOther ? `${kind} agui-bar-other` : kind });
    shape.style.left = `${((start - from) / whole) * 100}%`;
    shape.style.width = `${(Math.max(0, Math.min(end - from, whole) - (start - from)) / whole) * 100}%`;
    return shape;
  });
}

class Timeline {
  #shown = false;
  /** @type {string | null} null: the latest */
  #chosen = null;
  #other = ""; // the run it is compared with
  #timer = 0;

  /** @param {Context} context @param {Wire} wire */
  constructor(context, wire) {
    this.context = context;
    this.wire = wire;
    this.draw = this.draw.bind(this);
    const choice = (/** @type {string} */ label, /** @type {() => void} */ onchange) =>
      h("select", { class: "agui-input", "aria-label": label, onchange });
    this.select = choice("Run", () => this.#choose());
    this.against = choice("Compare with", () => this.#compare());
    this.summary = faint();
    this.difference = faint();
    const ticks = TICKS.map(() => h("span"));
    this.axis = h("div", { class: "agui-timeline-axis", "aria-hidden": "true" }, ticks);
    this.list = h("ol", { class: "agui-timeline-list", "aria-label": "Run over time" });
    this.empty = h("p", { class: "agui-empty" }, "No run yet.");
    const words = h("div", { class: "agui-timeline-words" }, this.summary, this.difference);
    const parts = [toolbar(this.select, this.against), words, this.axis, this.list, this.empty];
    this.node = h("div", { class: "agui-timeline" }, parts);
  }

  get #runs() {
    return this.context.store.document.runs;
  }

  #choose() {
    const at = this.select.selectedIndex;
    this.#chosen = at === this.#runs.length - 1 ? null : this.#runs[at].runId;
    this.draw();
  }

  #compare() {
    this.#other = this.#runs[this.against.selectedIndex - 1]?.runId ?? "";
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
    this.select.hidden = this.against.hidden = this.#runs.length < 2;
    if (run) this.#drawRun(run);
    const waits = run === this.#runs.at(-1) && this.context.store.document.interrupts.length;
    if (run?.status === "running" || waits)
      this.#timer = window.setTimeout(() => this.context.frames.request(this.draw), BEAT);
  }

  /** @param {Run} run */
  #drawRun(run) {
    const other = this.#runs.find(({ runId }) => runId === this.#other && runId !== run.runId);
    this.#fillChoices(run, other);
    const { document } = this.context.store;
    const all = barsOf(document, run, Date.now());
    const second = other && barsOf(document, other, Date.now());
    const whole = Math.max(1, all.end - all.from, second ? second.end - second.from : 0);
    setText(this.summary, this.#summary(run, all));
    setText(this.difference, other && second ? this.#difference(other, all, second) : "");
    TICKS.forEach((part, at) => setText(this.axis.children[at], spanText(whole * part)));
    const first = this.#firstToken(run, all);
    this.node.dataset.compared = String(Boolean(second));
    this.list.dataset.first = String(first !== undefined);
    this.list.style.setProperty("--agui-first", `${(((first ?? all.from) - all.from) / whole) * 100}%`);
    const pairs = second
      ? overlaid(all, second)
      : all.bars.map((bar) => /** @type {const} */ ([bar, undefined]));
    this.#keepFocus(() =>
      this.list.replaceChildren(
        ...pairs.map(([bar, twin]) => this.#row([run, all, bar], [other, second, twin], whole)),
      ),
    );
  }

  /** Rows are drawn anew while somebody walks through them. @param {() => void} draw */
  #keepFocus(draw) {
    const at = [...this.list.children].findIndex((row) => row.contains(row.ownerDocument.activeElement));
    draw();
    if (at >= 0) this.list.children[at]?.querySelector("button")?.focus({ preventScroll: true });
  }

  /** @param {Run} run @param {Run | undefined} other */
  #fillChoices(run, other) {
    const names = this.#runs.map((_, at) => `Run ${at + 1}`);
    if (this.select.options.length !== names.length) {
      this.select.replaceChildren(...names.map((name) => h("option", {}, name)));
      const none = h("option", {}, "Compare with…");
      this.against.replaceChildren(none, ...names.map((name) => h("option", {}, `Compare with ${name}`)));
    }
    this.select.selectedIndex = this.#runs.indexOf(run);
    this.against.selectedIndex = other ? this.#runs.indexOf(other) + 1 : 0;
  }

  /**
   * One bar, the one of the other run below it.
   * @param {[Run, Bars, Bar | undefined]} mine @param {[Run | undefined, Bars | undefined, Bar | undefined]} its @param {number} whole
   */
  #row([run, all, bar], [other, second, twin], whole) {
    const [owner, shown] = bar ? [run, bar] : [/** @type {Run} */ (other), /** @type {Bar} */ (twin)];
    const name = h("span", { class: "agui-timeline-label" }, shown.label);
    name.style.paddingLeft = `${Math.min(shown.depth, 8) * 12}px`;
    if (NAMED.has(shown.kind)) name.append(faint(` ${shown.kind}`));
    const times = [bar, twin].flatMap((one) => (one ? spanText(lengthOf(one)) : [])).join(" / ");
    const words = [
      `${name.textContent} ${times}`,
      bar && `starts ${said(bar, all)}`,
      twin && second && `in the other run ${said(twin, second)}`,
    ];
    const bars = [
      ...(bar ? shapes(bar, all.from, whole) : []),
      ...(twin && second ? shapes(twin, second.from, whole, true) : []),
    ];
    const face = [
      name,
      " ",
      h("span", { class: "agui-track", "aria-hidden": "true" }, bars),
      h("span", { class: "agui-timeline-span" }, times),
    ];
    const onclick = () => this.#go(owner, shown);
    const title = words.filter(Boolean).join(", ");
    const named = { class: "agui-timeline-row", title, "aria-label": title };
    return h(
      "li",
      { "data-kind": shown.kind, "data-status": shown.status },
      h("button", { ...named, onclick }, face),
    );
  }

  /** To what came of it over the wire, the run's request where nothing did. @param {Run} run @param {Bar} bar */
  #go({ runId }, { found }) {
    this.wire.reach(() => this.wire.rows.placeOf(runId, found));
  }

  /** @param {Run} run @param {Bars} all @returns {number | undefined} ms since the epoch */
  #firstToken({ runId }, all) {
    const told = this.wire.rows.firstToken(runId);
    const seen = all.bars.filter(({ kind }) => kind === "answer" || kind === "reasoning" || kind === "tool");
    return told ?? (seen.length ? Math.min(...seen.map(({ from }) => from)) : undefined);
  }

  /** @param {Run} run @param {Bars} all @returns {string} */
  #summary(run, all) {
    const first = this.#firstToken(run, all);
    const speed =
      first === undefined ? "" : speedText(run, first, all.to, this.wire.rows.piecesOf(run.runId));
    return [
      `${run.status === "running" ? "Running for" : "Took"} ${spanText(all.to - all.from)}`,
      all.tools && `of it tools ${spanText(all.tools)} and model ${spanText(all.to - all.from - all.tools)}`,
      first !== undefined && `first token (dashed) after ${spanText(first - all.from)}`,
      speed,
    ]
      .filter(Boolean)
      .join(", ");
  }

  /** @param {Run} other @param {Bars} all @param {Bars} second */
  #difference(other, all, second) {
    const more = second.to - second.from - (all.to - all.from);
    const than = more ? `${spanText(Math.abs(more))} ${more > 0 ? "longer" : "shorter"}` : "as long";
    return `Run ${this.#runs.indexOf(other) + 1}, the thin bars: ${this.#summary(other, second).replace("(dashed) ", "").toLowerCase()} (${than})`;
  }
}

/** @param {Context} context @param {Wire} wire @returns {View & { wake(): void }} */
export function timeline(context, wire) {
  const view = new Timeline(context, wire);
  const wake = () => context.frames.request(view.draw);
  for (const path of [["runs"], ["items"], ["interrupts"]])
    context.store.subscribe(path, wake, context.signal);
  return { node: view.node, wake, show: () => view.turn(true), hide: () => view.turn(false) };
}
