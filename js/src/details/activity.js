// Activity messages: progress as a bar, plans as a check list, any other type as its JSON.
import { messageOf } from "../document/transcript_rows.js";
import { Disclosure } from "../ui/disclosure.js";
import { h, icon } from "../ui/dom.js";
import { oneLine } from "../ui/format.js";
import { visible } from "../ui/visible.js";
import { jsonTree } from "../ui/json_tree.js";
import { messageKey } from "../document/item_keys.js";
import { drawing } from "./drawn.js";

/** @import { Context, RowView, View } from "../types" */

const DONE = new Set(["done", "completed", "complete", "success", "finished"]);
const UNDER_WAY = new Set(["running", "in_progress", "in-progress", "active", "started"]);

/** @param {any} content */
const words = (content) =>
  String(
    [content?.title, content?.label, content?.message, content?.status, content?.name].find(
      (one) => typeof one === "string",
    ) ?? "",
  );

/** How far it is, from 0 to 1, or null. @param {any} content */
function fraction(content) {
  const { progress, percent, percentage, value, current, completed, done, max, total } = content ?? {};
  const far = [value, current, completed, done, progress].find((one) => typeof one === "number");
  const end = max ?? total;
  if (far !== undefined && typeof end === "number" && end > 0) return far / end;
  const hundredth = percent ?? percentage;
  if (typeof hundredth === "number") return hundredth / 100;
  return typeof progress === "number" ? (progress > 1 ? progress / 100 : progress) : null;
}

/** What is to do, where the content is a list of such things. @param {any} content @returns {any[] | null} */
function plan(content) {
  const list = [content?.steps, content?.tasks, content?.todos, content?.items].find(
    (one) => Array.isArray(one) && one.length,
  );
  const named = list?.every((/** @type {any} */ one) => typeof one === "string" || planText(one));
  return named ? list : null;
}

/** @param {any} one */
const planText = (one) =>
  typeof one === "string"
    ? one
    : String(one?.title ?? one?.description ?? one?.name ?? one?.content ?? one?.text ?? "");

/** @param {any} one */
function planState(one) {
  const status = String(
    one?.status ?? (one?.done === true || one?.completed === true ? "done" : "pending"),
  ).toLowerCase();
  return DONE.has(status) ? "done" : UNDER_WAY.has(status) ? "running" : "pending";
}

/** @param {any} one */
function planItem(one) {
  const state = planState(one);
  const mark =
    state === "done"
      ? icon("check")
      : h("span", { class: state === "running" ? "agui-spinner" : "agui-ring" });
  return h(
    "li",
    { "data-status": state },
    mark,
    h("span", {}, planText(one)),
    h("span", { class: "agui-off-screen" }, ` (${state})`),
  );
}

/** @implements {RowView} */
class Activity {
  #bar = h(
    "div",
    { class: "agui-progress", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 },
    h("span"),
  );
  #plan = h("ul", { class: "agui-plan" });
  #tree = /** @type {View | null} */ (null);
  #content = /** @type {any} */ (null);

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.fold = new Disclosure({ kind: "activity", onopen: () => this.#fill() });
    const place = h("div", { class: "agui-outputs" });
    this.drawing = drawing(context, place);
    this.node = h("div", {}, this.fold.node, this.#bar, this.#plan, place);
  }

  /** @param {import("../types").Row} row */
  update(row) {
    const { activityType = "activity", content, id } = messageOf(this.context, row);
    this.#content = content;
    const far = fraction(content);
    const list = plan(content);
    const { items, runs } = this.context.store.document;
    const unfinished = (far ?? 1) < 1 || list?.some((one) => planState(one) !== "done");
    const open = items[messageKey(id)]?.status === "open";
    const status = runs[row.run ?? -1]?.status ?? "success";
    const percent = far === null ? "" : `${Math.round(Math.min(1, Math.max(0, far)) * 100)}%`;
    this.fold.say({
      state: open
        ? "running"
        : !unfinished || status === "success"
          ? "done"
          : status === "running"
            ? "running"
            : "off",
      title: words(content) || visible(activityType),
      detail: words(content) || list || percent ? "" : visible(oneLine(content)),
      side: percent,
    });
    const drawn = this.drawing(messageKey(id));
    this.#bar.hidden = drawn || far === null;
    this.#bar.setAttribute("aria-valuenow", percent.slice(0, -1));
    this.#bar.setAttribute("aria-label", words(content) || visible(activityType));
    /** @type {HTMLElement} */ (this.#bar.firstElementChild).style.width = percent;
    this.#plan.replaceChildren(...(list ?? []).slice(0, 100).map(planItem));
    this.#plan.hidden = drawn || !list;
    if (this.fold.open) this.#fill();
  }

  #fill() {
    if (this.#tree) return this.#tree.update?.(this.#content);
    this.#tree = jsonTree(this.#content, { open: 2 });
    this.fold.body.replaceChildren(this.#tree.node);
  }
}

/** @param {Context} context @returns {RowView} */
export const activity = (context) => new Activity(context);
