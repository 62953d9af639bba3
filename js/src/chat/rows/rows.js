// One row per kind of row in the transcript. A new kind: a line in layout.js, a file, a line here.
import { activity, steps } from "../placeholders.js";
import { reasoning } from "./reasoning.js";
import { runEnd, runStart } from "./run_rows.js";
import { subagent } from "./subagent.js";
import { toolCall } from "./tool_call.js";
import { answer, note, userTurn } from "./turns.js";

/** @import { Context, Row, RowView } from "../../types" */

/** @type {Record<Row["kind"], (context: Context, row: Row) => RowView>} */
export const ROWS = {
  user: userTurn,
  answer,
  reasoning,
  call: toolCall,
  activity,
  note,
  start: runStart,
  steps,
  end: runEnd,
  subagent,
};
