// Whether what is shown is wider than a line of text: its row then takes the whole width of the widget.

/** @param {HTMLElement} scroller  what would have to scroll */
export function widen(scroller) {
  const row = scroller.closest(".agui-page-of-rows > .agui-row");
  if (row && scroller.scrollWidth > scroller.clientWidth + 1) row.classList.add("agui-wide");
}
