// The user's data in the chat: tables, and pictures made large. A module of its own, asked of the kernel
// when there first is something of it to show.
import styles from "./data.css";
import { enlarge } from "./data/picture.js";
import { table } from "./data/table.js";

export { enlarge, styles, table };
