// Views whose code comes with the module `details`: something plain stands in until it is here.
import { div, h, span } from "../ui/dom.js";

/** @import { Context, MimeBundle, Part, RowView, Run, View, Warning } from "../types" */

/** @typedef {typeof import("../details.js")} Details */

/** @param {Context} context @param {(made: Details) => View} make @param {HTMLElement} plain @returns {View} */
function standIn(context, make, plain) {
  const node = h("div", {}, plain);
  /** @type {View | undefined} */
  let view;
  /** @type {any[] | undefined} */
  let latest;
  context
    .module("details")
    .then((made) => {
      view = make(made);
      if (latest) view.update?.(...latest);
      node.replaceChildren(view.node);
    })
    .catch((error) => console.warn("shown plainly:", error));
  return {
    node,
    update(...subject) {
      latest = subject;
      view?.update?.(...subject);
    },
  };
}

const LONG = 20_000; // characters of what is only shown for a moment

/** @param {Context} context */
export const callBody = (context) => standIn(context, (made) => made.callBody(context), h("div"));

/** @param {Context} context @param {MimeBundle} bundle */
export const output = (context, bundle) =>
  standIn(
    context,
    (made) => made.output(context, bundle),
    h("pre", { class: "agui-value" }, String(bundle["text/plain"] ?? "").slice(0, LONG)),
  );

/** The pending interrupts, from when there first are some. @param {Context} context @returns {View} */
export function questions(context) {
  const { store, signal } = context;
  const node = h("div", {});
  let asked = false;
  const look = () => {
    node.hidden = !store.document.interrupts.length;
    if (asked || node.hidden) return;
    asked = true;
    const waiting = h(
      "p",
      { class: "agui-empty", role: "status" },
      "The form for your answer is on its way…",
    );
    node.append(standIn(context, (made) => made.interrupts(context), waiting).node);
  };
  store.subscribe(["interrupts"], look, signal);
  look();
  return { node };
}

/** @param {Context} context @param {Run} run @param {boolean} latest */
export const ending = (context, run, latest) =>
  standIn(context, (made) => made.ending(context, run, latest), h("div", {}, run.error?.message));

/** @param {Context} context @param {Warning[]} warnings */
export function warningList(context, warnings) {
  const short = `${warnings.length} warning${warnings.length > 1 ? "s" : ""}`;
  return standIn(context, (made) => made.warningList(short, warnings), span("", short));
}

/** Its lines come when it is opened. @param {Context} context @param {string} short @param {Run["usage"]} usage */
export function usageDetails(context, short, usage) {
  const node = h("details", { class: "agui-usage" }, h("summary", {}, short));
  const fill = () =>
    context.module("details").then((made) => node.append(made.usageList(usage)), late(context));
  node.addEventListener("toggle", fill, { once: true });
  return node;
}

/** @param {Context} context @returns {Promise<HTMLElement[]>} */
export const threadItems = async (context) => (await context.module("details")).threadItems(context);

/** A row of the transcript. @param {"activity" | "steps" | "instructions"} kind @returns {(context: Context) => RowView} */
const row = (kind) => (context) => {
  const { node, update } = standIn(context, (made) => made[kind](context), h("div"));
  return { node, update: /** @type {RowView["update"]} */ (update) };
};
export const activity = row("activity");
export const steps = row("steps");
export const instructions = row("instructions");

/** @param {Context} context @param {Part[]} parts */
export const fileList = (context, parts) =>
  standIn(
    context,
    (made) => made.attachmentList(context, parts),
    div("agui-faint", `${parts.length} attached`),
  );

/** @param {Context} context */
const late = (context) => () => context.notice("The kernel is busy: try again when it is free.", "error");

/**
 * What edits an earlier message; nothing where it did not come.
 * @param {Context} context @returns {Promise<Details["turnEditor"] | void>}
 */
export const turnEditor = (context) =>
  context.module("details").then((made) => made.turnEditor, late(context));

/**
 * Files for the next message; their code comes with the first of them.
 * @param {Context} context @param {() => void} changed
 */
export function messageFiles(context, changed) {
  const node = h("div");
  /** @type {ReturnType<Details["attachments"]> | undefined} */
  let made;
  const here = async () => {
    const { attachments } = /** @type {Details} */ (await context.module("details"));
    if (made) return made;
    made = attachments(context);
    made.onchange(changed);
    node.append(made.node);
    return made;
  };
  return {
    node,
    parts: () => made?.parts() ?? [],
    clear: () => made?.clear(),
    choose: () => here().then((one) => one.choose(), late(context)),
    /** @param {DataTransfer | null} transfer  empty once its event is over, so its files are taken now */
    take(transfer) {
      const taken = [...(transfer?.files ?? [])];
      if (taken.length) here().then((one) => one.take({ files: taken }), late(context));
    },
  };
}
