// The mark that stands for a character which cannot be seen, or looks like another. Which those are in a
// text is visible.js's business; a name that a program gave has only ASCII to be read by.

/** @param {string} found */
export const mark = (found) => `‹U+${found.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}›`;

/** The name of a model or the like, as it stands: all but ASCII as marks. @param {string} name */
export const plainName = (name) => name.replace(/[^ -~]/gu, mark);
