// Cells of the notebook around the chat: code that goes into one, and what the kernel's tools ask of
// them. A module of its own, asked of the kernel when a chat first has code or a tool that wants it.
import styles from "./cells.css";
import { offerCode } from "./cells/code_buttons.js";
import { answerKernel } from "./cells/requests.js";

export { answerKernel, offerCode, styles };
