// Long answers: what is far from the view is only a place of the same height, with its text in it. A
// module of its own, asked of the kernel when an answer first is long.
import styles from "./long.css";
import { inParts } from "./long/parts.js";

export { inParts, styles };
