// One row per kind of row in the transcript. A new kind: a line in document/transcript_rows.js, a file,
// a line here.
import { activity, drawn, instructions, reasoning, steps, subagent, toolCall } from "../placeholders.js";
import { answer } from "./answer.js";
import { runEnd } from "./run_end.js";
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
  steps,
  drawn,
  end: runEnd,
  subagent,
};
