// One row per kind of row in the transcript. A new kind: a line in document/transcript_rows.js, a file,
// a line here.
import { activity, instructions, steps } from "../placeholders.js";
import { answer } from "./answer.js";
import { reasoning } from "./reasoning.js";
import { runEnd } from "./run_end.js";
import { runStart } from "./run_start.js";
import { subagent } from "./subagent.js";
import { toolCall } from "./tool_call.js";
import { userTurn } from "./user_turn.js";

/** @import { Context, Row, RowView } from "../../types" */

/** @type {Record<Row["kind"], (context: Context, row: Row) => RowView>} */
export const ROWS = {
  user: userTurn,
  answer,
  reasoning,
  call: toolCall,
  activity,
  note: instructions,
  start: runStart,
  steps,
  end: runEnd,
  subagent,
};
