// Whether the host is light or dark. JupyterLab does not say so in CSS, so it is read off the colour
// of the text around us, again whenever the page's root elements change.

const SETTLED = 400; // ms; a theme's style sheet may arrive after its attribute

/** @param {Element} element */
function schemeAround(element) {
  const [red, green, blue] = (getComputedStyle(element).color.match(/[\d.]+/g) ?? ["0", "0", "0"]).map(
    Number,
  );
  return red * 0.3 + green * 0.6 + blue * 0.1 > 128 ? "dark" : "light";
}

/** @param {HTMLElement} root @param {HTMLElement} around @param {AbortSignal} signal */
export function followTheme(root, around, signal) {
  const look = () => {
    const scheme = schemeAround(around);
    if (root.style.colorScheme !== scheme) root.style.colorScheme = scheme;
  };
  const observer = new MutationObserver(() => {
    look();
    setTimeout(look, SETTLED);
  });
  const watched = {
    attributes: true,
    attributeFilter: ["class", "style", "data-jp-theme-light", "data-theme"],
  };
  observer.observe(document.documentElement, watched);
  observer.observe(document.body, watched);
  signal.addEventListener("abort", () => observer.disconnect());
  look();
  requestAnimationFrame(look); // when it was drawn before it was put on the page
}
