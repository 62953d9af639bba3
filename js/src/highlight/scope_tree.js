// The tree of scopes that highlight.js keeps of the code it has read, the one private part of it that we
// use: its public result is HTML, and no file of ours may parse HTML (ui/dom.js). Seen in 11.12.0. Where it
// is not there any more, or is another tree, the code stands without colours; a canary among the tests of
// the highlight module fails then.

/** @typedef {{ scope?: string, children?: (ScopeTree | string)[] }} ScopeTree */

/** @param {object} result  of highlight() @returns {ScopeTree} */
export const scopeTree = (result) =>
  // oxlint-disable-next-line no-underscore-dangle
  /** @type {any} */ (result)._emitter?.rootNode ?? {};
