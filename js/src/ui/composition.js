// Keys that belong to an input method: Japanese, Chinese and Korean words are confirmed with Enter.

/**
 * Safari ends the composition before it tells of the key that ended it: that key says 229.
 * @param {KeyboardEvent} event
 */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;
