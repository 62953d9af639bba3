// Forms for interrupts, trees for JSON, outputs of tools: a module of its own, asked of the kernel
// when a conversation first needs one of them (views/lazily.js); plain talk never does.
import styles from "agui:details";
import { interrupts } from "./views/interrupt.js";
import { jsonTree } from "./views/json_tree.js";
import { mime } from "./views/mime.js";

export { interrupts, jsonTree, mime, styles };
