// The named phases of a run, in one line.
import { runOf } from "../document/transcript_rows.js";
import { h, icon, span } from "../ui/dom.js";
import { spentText } from "../ui/format.js";
import { visible } from "../ui/visible.js";

/** @import { Context, RowView, Step } from "../types" */

/** @param {Step} step */
function stepChip(step) {
  const mark =
    step.status === "running" ? span("agui-spinner") : icon(step.status === "done" ? "check" : "minus");
  return h(
    "li",
    { class: "agui-step", title: step.status },
    mark,
    visible(step.stepName),
    span("agui-off-screen", ` (${step.status}) `),
    h("span", {}, spentText(step)),
  );
}

/**
 * The named phases of a run, or of one of its subagents, in one line.
 * @param {Context} context @returns {RowView}
 */
export function steps(context) {
  const node = h("ol", { class: "agui-steps", "aria-label": "Steps" });
  return {
    node,
    update(row) {
      const mine = (runOf(context, row).steps ?? []).filter((step) => step.subagentRunId === row.subagent);
      node.replaceChildren(...mine.map(stepChip));
    },
  };
}
