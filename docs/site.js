// The documentation site: what is wider than its place can be scrolled by the keyboard, too.
// Tables get their frame and code its width after the page has loaded, so sizes are watched.
const WIDE = ".md-typeset__scrollwrap, .jupyter-wrapper .highlight-ipynb, .jupyter-wrapper pre";

const watcher = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

addEventListener("load", () => {
  for (const element of document.querySelectorAll(WIDE)) watcher.observe(element);
});
