// Arithmetic of a long list of equally high rows, of which only the visible ones exist. Pure.

/**
 * Which rows to draw: from (included) to (excluded), some more than are visible.
 * @param {number} scrollTop @param {number} viewport @param {number} rowHeight @param {number} count @param {number} [spare]
 * @returns {{from: number, to: number}}
 */
export function visibleRows(scrollTop, viewport, rowHeight, count, spare = 8) {
  const from = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight)) - spare);
  const to = Math.min(count, Math.ceil((scrollTop + viewport) / rowHeight) + spare);
  return { from: Math.min(from, to), to };
}

/**
 * Where to scroll so that row ``at`` is wholly visible; unchanged when it is.
 * @param {number} at @param {number} scrollTop @param {number} viewport @param {number} rowHeight @returns {number}
 */
export function scrollTarget(at, scrollTop, viewport, rowHeight) {
  const top = at * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight - viewport);
}

/**
 * Whether the list stands at its end and should stay there when rows are added.
 * @param {number} scrollTop @param {number} viewport @param {number} scrollHeight @returns {boolean}
 */
export const atEnd = (scrollTop, viewport, scrollHeight) => scrollHeight - viewport - scrollTop < 4;
