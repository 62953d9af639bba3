// How messages and tool calls are called in `items`, and as rows. Only the names; twin of item_key() in Python.

const CALL = "call:";
const MESSAGE = "message:";

/** @param {string | undefined} id */
export const messageKey = (id) => MESSAGE + id;

/** @param {string | number | undefined} id */
export const callKey = (id) => CALL + id;

/** The id of the call that a key names; undefined if it names none. @param {string} key */
export const callOf = (key) => (key.startsWith(CALL) ? key.slice(CALL.length) : undefined);

/** Whether it is a drawing that has a row of its own. @param {string} key */
export const isDrawn = (key) => key.startsWith("state:");

/** @param {string} key */
export const isMessageKey = (key) => key.startsWith(MESSAGE);
