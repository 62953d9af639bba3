// The State and Events tabs as a module of their own, asked of the kernel when one of them is first
// opened (views/inspector_tab.js): most chats never need them.
import styles from "agui:inspector";
import { eventsTab } from "./views/events.js";
import { stateTab } from "./views/state.js";

export { eventsTab as events, stateTab as state, styles };
