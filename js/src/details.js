// Forms for interrupts, trees for JSON, outputs of tools, files, activities: a module of its own,
// asked of the kernel when a conversation first needs one of them (chat/placeholders.js); plain talk
// never does.
import styles from "./details.css";
import { activity } from "./details/activity.js";
import { attachmentList, attachments } from "./details/attachments.js";
import { callBody } from "./details/call_body.js";
import { interrupts } from "./details/forms/interrupts.js";
import { instructions } from "./details/instructions.js";
import { output } from "./details/output.js";
import { ending, usageList, warningList } from "./details/run_outcome.js";
import { keepSaved } from "./details/saved_transcript.js";
import { steps } from "./details/steps.js";
import { threadItems } from "./details/thread_items.js";
import { turnEditor } from "./details/turn_editor.js";
import { jsonTree } from "./ui/json_tree.js";

export {
  activity,
  attachmentList,
  attachments,
  callBody,
  ending,
  instructions,
  interrupts,
  jsonTree,
  keepSaved,
  output,
  steps,
  styles,
  threadItems,
  turnEditor,
  usageList,
  warningList,
};
