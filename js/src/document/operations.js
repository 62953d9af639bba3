// The whole language from kernel to browser: set a value, append text. Twin of the Python
// protocol/document/operations.py; nothing here knows AG-UI or the page.

/** @import { Operation, Path } from "../types" */

// A path comes from an agent's ids and keys, so it may name these; they must stay plain data.
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

/** @param {Path} path */
const nowhere = (path) => new RangeError(`nowhere: ${path}`);

/** @param {any} container @param {string | number} step @returns {any} */
function child(container, step) {
  if (typeof container !== "object" || container === null || !Object.hasOwn(container, step)) {
    throw nowhere([step]);
  }
  return container[step];
}

/** @param {any} container @param {string | number} step @param {any} value */
function put(container, step, value) {
  if (typeof step === "string" && FORBIDDEN.has(step)) {
    // an own property, as JSON.parse would make it; never the prototype
    Object.defineProperty(container, step, { value, writable: true, enumerable: true, configurable: true });
  } else {
    container[step] = value;
  }
}

/** The value at `path`, or undefined where there is none. @param {any} document @param {Path} path */
export function valueAt(document, path) {
  let value = document;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

/**
 * Changes `document` in place. The root itself is never replaced. Throws RangeError where the path
 * leads nowhere, which means that an operation was lost.
 * @param {any} document @param {Operation} operation
 */
export function apply(document, [word, path, value]) {
  const last = path[path.length - 1];
  const parent = path.slice(0, -1).reduce(child, document);
  if (word === "append") {
    const held = child(parent, last);
    if (typeof held !== "string") throw nowhere(path);
    put(parent, last, held + value);
  } else if (Array.isArray(parent) && !(typeof last === "number" && last >= 0 && last <= parent.length)) {
    throw nowhere(path);
  } else if (typeof parent !== "object" || parent === null) {
    throw nowhere(path);
  } else {
    put(parent, last, value);
  }
}

/** Whether one of the paths leads through or to the other. @param {Path} one @param {Path} other */
export function touches(one, other) {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}
