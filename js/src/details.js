// Forms for interrupts, trees for JSON, outputs of tools, files, activities: a module of its own,
// asked of the kernel when a conversation first needs one of them (views/lazily.js); plain talk
// never does.
import styles from "agui:details";
import { advice } from "./advice.js";
import { activity } from "./views/activity.js";
import { attachmentList, attachments } from "./views/attachments.js";
import { callBody } from "./views/call_body.js";
import { exportItems } from "./views/export.js";
import { interrupts } from "./views/interrupt.js";
import { jsonTree } from "./views/json_tree.js";
import { mime } from "./views/mime.js";

export {
  activity,
  advice,
  attachmentList,
  attachments,
  callBody,
  exportItems,
  interrupts,
  jsonTree,
  mime,
  styles,
};
