// What is selected in an element stays selected while its text is written anew in other pieces.

/** @param {Node} root @param {Node} node @param {number} offset  of the DOM: characters, or children */
function charactersBefore(root, node, offset) {
  const range = document.createRange();
  range.setStart(root, 0);
  range.setEnd(node, offset);
  return range.toString().length;
}

/** @param {Node} root @param {number} characters @returns {[Node, number]} */
function placeOf(root, characters) {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let left = characters;
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const { length } = /** @type {Text} */ (text);
    if (left <= length) return [text, left];
    left -= length;
  }
  return [root, root.childNodes.length];
}

/** @param {HTMLElement} element @param {() => void} write  the same text in other nodes */
export function keepSelection(element, write) {
  const root = /** @type {Document & { getSelection?: () => Selection | null }} */ (element.getRootNode());
  const selection = root.getSelection?.() ?? getSelection();
  /** @type {[Node, number][]} */
  const ends =
    selection?.anchorNode && selection.focusNode
      ? [
          [selection.anchorNode, selection.anchorOffset],
          [selection.focusNode, selection.focusOffset],
        ]
      : [];
  const kept = ends.map(([node, offset]) =>
    element.contains(node) ? charactersBefore(element, node, offset) : null,
  );
  write();
  if (!kept.some((one) => one !== null)) return;
  const [anchor, focus] = ends.map((end, at) => {
    const characters = kept[at];
    return characters === null ? end : placeOf(element, characters);
  });
  selection?.setBaseAndExtent(...anchor, ...focus);
}
