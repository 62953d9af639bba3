// A tool call: name, arguments as they stream, result or error, how long, who runs it; and below the
// line what a tool of the notebook's returned, as the notebook would show it.
import { askedAbout } from "../document/asked.js";
import { jsonOf, textOf } from "../document/short_text.js";
import { messageOf } from "../document/transcript_rows.js";
import { Disclosure } from "../ui/disclosure.js";
import { div, h } from "../ui/dom.js";
import { clip, oneLine, spentText } from "../ui/format.js";
import { visible } from "../ui/visible.js";
import { callOf } from "../document/item_keys.js";
import { callBody } from "./call_body.js";
import { output } from "./output.js";

/** @import { Context, Message, Row, RowView, ToolCall as Call, View } from "../types" */
/** @import { State } from "../ui/disclosure.js" */

/** @implements {RowView} */
class ToolCall {
  #row;
  /** @type {View | null} made when the row is opened */
  #body = null;
  /** @type {View | null} */
  #output = null;
  ticking = false;

  /** @param {Context} context @param {Row} row */
  constructor(context, row) {
    this.context = context;
    this.#row = row;
    this.fold = new Disclosure({ kind: "call", onopen: () => this.#fill() });
    this.outputs = div("agui-outputs");
    this.node = h("div", {}, this.fold.node, this.outputs);
  }

  get #id() {
    return callOf(this.#row.key) ?? "";
  }

  /** @returns {Call | undefined} */
  get #call() {
    return messageOf(this.context, this.#row).toolCalls?.[this.#row.call ?? -1];
  }

  /**
   * None is looked for while arguments arrive: that would cost the whole thread each time.
   * @returns {Message | undefined}
   */
  get #answer() {
    if (this.#item?.status === "open") return undefined;
    return this.context.store.document.messages.findLast(
      (one) => one.role === "tool" && one.toolCallId === this.#id,
    );
  }

  get #asked() {
    return askedAbout(this.context.store.document, this.#id);
  }

  get #item() {
    return this.context.store.document.items[this.#row.key];
  }

  /** @param {Message | undefined} answer @returns {State} */
  #state(answer) {
    if (answer?.error !== undefined) return "error";
    if (this.#asked.denied) return "denied";
    if (answer) return "done";
    const { interrupts, runs } = this.context.store.document;
    if (interrupts.some((one) => one.toolCallId === this.#id)) return "waiting";
    const running =
      runs[this.#row.run ?? -1]?.status === "running" ||
      (this.#item?.by === "notebook" && this.#item.status !== "done");
    return running ? "running" : this.#item?.status === "done" ? "done" : "off";
  }

  /** @param {Row} row */
  update(row) {
    this.#row = row;
    const answer = this.#answer;
    const state = this.#state(answer);
    this.ticking = state === "running";
    this.fold.say({
      state,
      title: visible(this.#call?.function.name ?? "tool result"),
      detail: this.#summary(answer),
      side: this.#side(this.ticking ? Date.now() : undefined),
    });
    if (this.fold.open) this.#fill();
    this.#show();
  }

  /** @param {Message | undefined} answer */
  #summary(answer) {
    const text = this.#call?.function.arguments ?? "";
    const open = this.#item?.status === "open";
    const args = visible(open ? clip(text.slice(0, 200)) : oneLine(jsonOf(text) ?? text));
    if (!answer) return args;
    const result = textOf(answer.content);
    if (answer.error !== undefined) return answer.error; // the arguments are a click away
    const said = oneLine(result.length > 20_000 ? result : (jsonOf(result) ?? result));
    return said ? `${args}${args && " "}→ ${said}` : args;
  }

  /** @param {number} [now] */
  #side(now) {
    const who = this.#item?.by === "notebook" ? "this notebook" : "";
    // while it runs, an end is only that of its arguments
    const { startedAt, endedAt } = this.#item ?? {};
    const since = startedAt === undefined ? undefined : startedAt + this.#asked.waited;
    const time = spentText({ startedAt: since, endedAt: now ? undefined : endedAt }, now);
    return [who, time].filter(Boolean).join(" · ");
  }

  /** @param {number} now */
  tick(now) {
    this.fold.time(this.#side(now));
  }

  #fill() {
    if (!this.#body) {
      this.#body = callBody(this.context);
      this.fold.body.append(this.#body.node);
    }
    this.#body.update?.(this.#call, this.#answer, this.#item);
  }

  #show() {
    const bundle = this.context.store.document.outputs[this.#id];
    if (!bundle) return this.outputs.replaceChildren();
    if (this.#output) return this.#output.update?.(bundle);
    this.#output = output(this.context, bundle);
    this.outputs.replaceChildren(this.#output.node);
  }
}

/** @param {Context} context @param {Row} row @returns {RowView} */
export const toolCall = (context, row) => new ToolCall(context, row);
