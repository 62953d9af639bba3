// The forms for interrupts as a module of their own, asked of the kernel when an agent first asks
// something (chat/placeholders.js): most conversations never need them.
import styles from "./forms.css";
import { interrupts } from "./forms/interrupts.js";

export { interrupts, styles };
