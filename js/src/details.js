// Forms for interrupts, trees for JSON, outputs of tools, files, activities: a module of its own,
// asked of the kernel when a conversation first needs one of them (views/lazily.js); plain talk
// never does.
import styles from "agui:details";
import { keepSaved } from "./saved.js";
import { activity } from "./views/activity.js";
import { attachmentList, attachments } from "./views/attachments.js";
import { callBody } from "./views/call_body.js";
import { ending, usageList, warningList } from "./views/faults.js";
import { interrupts } from "./views/interrupt.js";
import { jsonTree } from "./views/json_tree.js";
import { mime } from "./views/mime.js";
import { steps } from "./views/steps.js";
import { threadItems } from "./views/thread_items.js";
import { turnEditor } from "./views/turn_editor.js";

export {
  activity,
  attachmentList,
  attachments,
  callBody,
  ending,
  interrupts,
  jsonTree,
  keepSaved,
  mime,
  steps,
  styles,
  threadItems,
  turnEditor,
  usageList,
  warningList,
};
