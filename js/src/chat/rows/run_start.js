// The line above a run: which it is and when it started. Nothing of how it goes (run_end.js).
import { runOf } from "../../document/transcript_rows.js";
import { div, setText, span } from "../../ui/dom.js";

/** @import { Context, RowView, Run } from "../../types" */

/** @param {Run} run */
export const runTitle = ({ runId, startedAt }) =>
  `Run ${runId}${startedAt === undefined ? "" : `, started ${new Date(startedAt).toLocaleTimeString()}`}`;

/** @param {Context} context @returns {RowView} */
export function runStart(context) {
  const words = span("agui-run-words");
  const node = div("agui-run agui-run-start", words);
  return {
    node,
    update(row) {
      const run = runOf(context, row);
      setText(words, runTitle(run));
    },
  };
}
