// The tabs beside the chat: one row each, from which the header makes its buttons and the chat view its
// panels. What is in a tab comes with the inspector (inspector_tab.js); what a view is: types.d.ts.

/** @import { Store } from "../types" */

/** How many things the shared state holds. @param {Store} store */
function stateSize({ document: { state } }) {
  return typeof state === "object" && state !== null ? Object.keys(state).length : 0;
}

/**
 * @typedef {object} Tab
 * @property {"state" | "events"} name  what inspector.js exports its view as
 * @property {string} title
 * @property {string} lines  of its icon, which stands for the title in a narrow chat
 * @property {(store: Store) => number} count  shown beside the title while above zero
 */

export const CHAT = { name: "chat", title: "Chat", lines: "M2.5 3.5h11v7h-6l-3 2.5v-2.5h-2z" };

/** @type {Tab[]} */
export const TABS = [
  {
    name: "state",
    title: "State",
    lines: "M6 3C3 3 5 7 3 8c2 1 0 5 3 5m4-10c3 0 1 4 3 5-2 1 0 5-3 5",
    count: stateSize,
  },
  { name: "events", title: "Events", lines: "M3 4h10M3 8h10M3 12h6", count: ({ view }) => view.eventCount },
];
