// Trees for JSON, outputs of tools, files, activities: a module of its own,
// asked of the kernel when a conversation first needs one of them (chat/placeholders.js); plain talk
// never does.
import styles from "./details.css";
import { activity } from "./details/activity.js";
import { attachmentList, attachments } from "./details/attachments.js";
import { instructions } from "./details/instructions.js";
import { ending, fillFacts, warningList } from "./details/run_outcome.js";
import { keepSaved } from "./details/saved_transcript.js";
import { offerPicture } from "./details/pictures.js";
import { reasoning } from "./details/reasoning.js";
import { steps } from "./details/steps.js";
import { subagent } from "./details/subagent.js";
import { drawing, drawn } from "./details/drawn.js";
import { toggleMenu } from "./details/menus/header_menus.js";
import { toolCall } from "./details/tool_call.js";
import { editTurn } from "./details/turn_editor.js";
import { jsonTree } from "./ui/json_tree.js";

export {
  activity,
  attachmentList,
  attachments,
  drawing,
  drawn,
  ending,
  instructions,
  jsonTree,
  keepSaved,
  offerPicture,
  reasoning,
  steps,
  styles,
  subagent,
  toggleMenu,
  toolCall,
  editTurn,
  fillFacts,
  warningList,
};
