// Views whose code comes with the module `details`, or `forms`: something plain stands in until it is here.
import { div, h, span } from "../ui/dom.js";
import { many } from "../ui/format.js";

/** @import { Context, Part, Row, RowView, Run, View, Warning } from "../types" */

/** @typedef {typeof import("../details.js")} Details */

/** The module, where it has come to a view of the widget. @type {WeakMap<Context, Details>} */
const arrived = new WeakMap();

/** @param {Context} context @returns {Promise<Details>} */
async function details(context) {
  const made = await context.module("details");
  arrived.set(context, made);
  return made;
}

/**
 * @param {Context} context @param {(made: Details) => View & Partial<RowView>} make @param {HTMLElement} plain
 * @returns {View & Partial<RowView> & { update(...subject: any[]): void }}
 */
function standIn(context, make, plain) {
  const known = arrived.get(context);
  if (known) return /** @type {any} */ (make(known));
  const node = h("div", {}, plain);
  /** @type {ReturnType<typeof make> | undefined} */
  let view;
  /** @type {any[] | undefined} */
  let latest;
  details(context)
    .then((made) => {
      view = make(made);
      if (latest) view.update?.(...latest);
      node.replaceChildren(view.node);
      if (view.ticking) node.dispatchEvent(new Event("agui-ticks", { bubbles: true }));
    })
    .catch((error) => console.warn("shown plainly:", error));
  return {
    node,
    update(/** @type {any[]} */ ...subject) {
      latest = subject;
      view?.update?.(...subject);
    },
    /** @param {number} now */
    tick: (now) => view?.tick?.(now),
    get ticking() {
      return view?.ticking;
    },
  };
}

/** The pending interrupts, from when there first are some. @param {Context} context @returns {View} */
export function questions(context) {
  const { store, signal } = context;
  const node = h("div", {});
  let asked = false;
  const look = () => {
    node.hidden = !store.document.interrupts.length;
    context.root.classList.toggle("agui-asking", !node.hidden);
    if (asked || node.hidden) return;
    asked = true;
    const waiting = h(
      "p",
      { class: "agui-empty", role: "status" },
      "The form for your answer is on its way…",
    );
    node.append(waiting);
    const put = (/** @type {typeof import("../forms.js")} */ made) =>
      node.replaceChildren(made.interrupts(context).node);
    context.module("forms").then(put).catch(console.warn);
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
  const short = many(warnings.length, "warning");
  return standIn(context, (made) => made.warningList(short, warnings), span("", short));
}

/**
 * A line that tells more when it is pointed at or opened.
 * @param {Context} context @param {HTMLElement} summary @param {() => Run} run
 */
export function runFacts(context, summary, run) {
  const node = h("details", {}, summary);
  const fill = () => details(context).then((made) => made.fillFacts(node, summary, run()), late(context));
  node.addEventListener("toggle", fill);
  node.addEventListener("pointerenter", fill);
  return node;
}

/**
 * A button with a menu, which comes with the details when it is first opened.
 * @param {Context} context @param {"Switch agent" | "Thread menu"} label @param {string} kind @param {Node[]} face
 */
export function menuButton(context, label, kind, face) {
  const open = () => details(context).then((made) => made.toggleMenu(context, node, button), late(context));
  const button = h(
    "button",
    {
      class: kind,
      "data-menu": label,
      "aria-label": label,
      title: label,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      onclick: open,
      onkeydown(/** @type {KeyboardEvent} */ event) {
        if (event.key !== "ArrowDown") return;
        event.preventDefault();
        open();
      },
    },
    face,
  );
  const node = div("agui-menu-place", button);
  return { node, button };
}

/** A row of the transcript. @param {"activity" | "steps" | "instructions" | "drawn" | "toolCall" | "reasoning"} kind @returns {(context: Context, row: Row) => RowView} */
const row = (kind) => (context, place) => standIn(context, (made) => made[kind](context, place), h("div"));
export const toolCall = row("toolCall");
export const reasoning = row("reasoning");
export const activity = row("activity");
export const steps = row("steps");
export const instructions = row("instructions");
export const drawn = row("drawn");

/** What is nested has its place before the row around it has come. @param {Context} context @returns {RowView} */
export function subagent(context) {
  const body = div("agui-nest");
  return Object.assign(
    standIn(context, (made) => made.subagent(context, body), body),
    { body },
  );
}

/** @param {Context} context @param {Part[]} parts */
export const fileList = (context, parts) =>
  standIn(
    context,
    (made) => made.attachmentList(context, parts),
    div("agui-faint", `${parts.length} attached`),
  );

/** @param {Context} context */
const late = (context) => () => context.notice("The kernel is busy: try later.", "error");

/** @type {(context: Context, ...place: import("../details/turn_editor.js").Place) => void} */
export const editTurn = (context, ...place) =>
  void details(context).then((made) => made.editTurn(context, ...place), late(context));

/**
 * Files for the next message; their code comes with the first of them.
 * @param {Context} context @param {() => void} changed
 */
export function messageFiles(context, changed) {
  const node = h("div");
  /** @type {ReturnType<Details["attachments"]> | undefined} */
  let made;
  const here = async () => {
    const { attachments } = /** @type {Details} */ (await details(context));
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
    /** Files; with a text: variables that it names. @param {HTMLTextAreaElement} [area] */
    choose: (area) => here().then((one) => one.choose(area), late(context)),
    /** @param {DataTransfer | null} transfer  empty once its event is over, so its files are taken now */
    take(transfer) {
      const taken = [...(transfer?.files ?? [])];
      if (taken.length) here().then((one) => one.take({ files: taken }), late(context));
    },
  };
}
