// The user's data in the chat: tables, pictures made large, variables given by name. A module of its own, asked of the kernel
// when there first is something of it to show.
import styles from "./data.css";
import { mention } from "./data/mentions.js";
import { enlarge } from "./data/picture.js";
import { table } from "./data/table.js";

export { enlarge, mention, styles, table };
