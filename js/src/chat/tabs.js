// The tabs beside the chat: one row each, from which the header makes its buttons and the chat view its
// panels. What is in a tab comes with the inspector (inspector_tab.js); what a view is: types.d.ts.

import { inspectorTab } from "./inspector_tab.js";

/** @import { Context, Store, View } from "../types" */

/** How many things the shared state holds. @param {Store} store */
function stateSize({ document: { state } }) {
  return typeof state === "object" && state !== null ? Object.keys(state).length : 0;
}

/**
 * @typedef {object} Tab
 * @property {string} name
 * @property {string} title
 * @property {(store: Store) => number} count  shown beside the title while above zero
 * @property {(context: Context) => View} view  called once, when the tab is first entered
 */

/** @type {Tab[]} */
export const TABS = [
  { name: "state", title: "State", count: stateSize, view: (context) => inspectorTab(context, "state") },
  {
    name: "events",
    title: "Events",
    count: ({ view }) => view.eventCount,
    view: (context) => inspectorTab(context, "events"),
  },
];
