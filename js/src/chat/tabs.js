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
 * @property {(store: Store) => number} count  shown beside the title while above zero
 */

/** @type {Tab[]} */
export const TABS = [
  { name: "state", title: "State", count: stateSize },
  { name: "events", title: "Events", count: ({ view }) => view.eventCount },
];
