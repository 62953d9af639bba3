// The State and Events tabs as a module of their own, asked of the kernel when one of them is first
// opened (chat/inspector_tab.js): most chats never need them.
import styles from "./inspector.css";
import { eventsTab } from "./inspector/events.js";
import { stateTab } from "./inspector/state.js";

export { eventsTab as events, stateTab as state, styles };
