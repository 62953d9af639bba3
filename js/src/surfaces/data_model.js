// The data of a surface: looked up and changed by JSON Pointers, by what the user enters as well. Pure.

/** @typedef {Record<string, any>} Members */

/** @param {string} path @returns {string[]} */
const steps = (path) =>
  path
    .split("/")
    .filter(Boolean)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

/** A path as it is meant inside a scope. @param {string} path @param {string} scope */
export const absolute = (path, scope) =>
  (path.startsWith("/") ? path : `${scope}/${path}`).replace(/\/+$/, "");

/** What is at an absolute path, or undefined. @param {unknown} data @param {string} path @returns {any} */
export function lookUp(data, path) {
  let found = /** @type {any} */ (data);
  for (const step of steps(path)) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    found = found[step];
  }
  return found;
}

/**
 * A copy of `data` with another value at a path; where the path leads through no container it is as it was.
 * @param {any} data @param {string} path @param {unknown} value @returns {any}
 */
export function changed(data, path, value) {
  const [step, ...rest] = steps(path);
  if (step === undefined) return value;
  if (step === "__proto__") return data;
  const inner = (/** @type {any} */ old) => changed(old, rest.map(escape).join("/"), value);
  if (Array.isArray(data)) {
    if (!/^\d+$/.test(step) || Number(step) > data.length) return data;
    const at = Number(step);
    return [...data.slice(0, at), inner(data[at]), ...data.slice(at + 1)];
  }
  const members = /** @type {Members} */ (typeof data === "object" && data !== null ? data : {});
  return { ...members, [step]: inner(Object.hasOwn(members, step) ? members[step] : undefined) };
}

/** @param {string} step */
const escape = (step) => step.replaceAll("~", "~0").replaceAll("/", "~1");

/** @param {unknown} one @param {unknown} other */
export const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * What the agent says now, with what the user has entered where the agent says what it said before.
 * @param {unknown} before @param {unknown} now @param {Map<string, unknown>} entered  by path
 */
export function merged(before, now, entered) {
  let data = now;
  for (const [path, value] of entered) {
    if (isSame(lookUp(before, path), lookUp(now, path))) data = changed(data, path, value);
    else entered.delete(path);
  }
  return data;
}
