// Keys and clicks at the widget's edge: which keys are the host's own, and what a double click meant
// for one button may not do to another. What a key does in the chat is told where it is used.

// with Ctrl or Command: what one does to text, and Enter; the others are the document's (save, find)
const OURS = /^(?:[acvxyz ]|Enter|Arrow.*|Backspace|Delete|Home|End|Page.*)$/i;

/** @param {KeyboardEvent} event */
const isDocuments = (event) =>
  (event.ctrlKey || event.metaKey) && !event.getModifierState("AltGraph") && !OURS.test(event.key);

/**
 * Jupyter takes keys in two ways, and each guard stops one of them; neither stops the shortcuts of the
 * document, which without it would be the browser's: Ctrl+S saves the notebook.
 * @param {HTMLElement} root @param {AbortSignal} signal
 */
export function keepKeys(root, signal) {
  const guard = () => (root.dataset.lmSuppressShortcuts = "true");
  guard();
  const letBy = (/** @type {KeyboardEvent} */ event) => {
    if (!isDocuments(event) || !event.composedPath().includes(root)) return;
    delete root.dataset.lmSuppressShortcuts;
    setTimeout(guard);
  };
  // before Jupyter, which listens at the document
  window.addEventListener("keydown", letBy, { capture: true, signal });
  for (const kind of /** @type {const} */ (["keydown", "keyup", "keypress"]))
    root.addEventListener(kind, (event) => isDocuments(event) || event.stopPropagation());
}

/**
 * Where a button has taken another's place, the second click of a double click is none for it.
 * @param {HTMLElement} root
 */
export function dropSecondClicks(root) {
  /** @type {Element | null} */
  let first = null;
  const look = (/** @type {MouseEvent} */ event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (event.detail < 2) first = button;
    else if (first && button !== first) event.stopPropagation();
  };
  root.addEventListener("click", look, { capture: true });
}
