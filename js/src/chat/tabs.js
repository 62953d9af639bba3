// The view contract, and one row per view that the frame (header, transcript, composer) takes in.
//
// A view is a function `view(context, ...subject) -> {node, update?, show?, hide?}` (types.d.ts:
// Context, View). It makes its elements with `h` of dom.js (no innerHTML, no id or name from an
// agent), subscribes to the paths of the store it draws, hands `context.signal` to every listener,
// notes in a listener only what is due, and draws in `context.frames.request(job)`. A job that is
// asked for twice runs once, so make it a constant of the view. Styles: one file per view in
// ../styles, every selector under `.agui`, colours and sizes only through the variables of
// styles/base.css.
//
//   where                     file, export                          contract
//   tab                       state.js      stateTab(context)       row in TABS, row in ../panels.js
//   tab                       events.js     eventsTab(context)      row in TABS; sends events_open
//                                                                    in show(), events_close in hide()
//   end of the transcript     interrupt.js  interrupts(context)     draws all of document.interrupts;
//                                                                    node.hidden while there are none
//   inside a tool-call row    mime.js       mime(context, bundle)   update(bundle)
//   anywhere                  json_tree.js  jsonTree(value, {open: depth}?)   update(value)
//   in the composer           attachments.js attachments(context)   plus parts(), clear(), choose(),
//                                                                    take(DataTransfer) -> boolean and
//                                                                    onchange(listener)
//   inside a user turn        attachments.js attachmentList(context, parts)
//   in the thread menu        thread_items.js threadItems(context) -> HTMLButtonElement[] (class
//                                                                    "agui-menu-item", role "menuitem")

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
