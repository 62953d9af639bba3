// Formulas: TeX to MathML elements, which browsers draw themselves. Its own module, sent when an
// answer has a formula. What comes out of the converter is copy by allow-list.
import temml from "temml";

const MATHML = "http://www.w3.org/1998/Math/MathML";

// prettier-ignore
const TAGS = new Set(["math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot",
  "mstyle", "merror", "mpadded", "mphantom", "menclose", "msub", "msup", "msubsup", "munder", "mover",
  "munderover", "mmultiscripts", "mprescripts", "mtable", "mtr", "mtd", "none"]);
// prettier-ignore
const ATTRIBUTES = new Set(["display", "displaystyle", "scriptlevel", "mathvariant", "stretchy", "symmetric",
  "fence", "separator", "form", "accent", "accentunder", "movablelimits", "largeop", "lspace", "rspace",
  "linethickness", "columnalign", "rowspacing", "columnspacing", "columnlines", "rowlines", "notation",
  "width", "height", "depth", "voffset", "minsize", "maxsize", "columnspan", "rowspan"]);
const LENGTH = /^[+-]?\d{0,2}(?:\.\d+)?(?:em|ex|pt|px|mu|%)?$/; // nothing large enough to leave its place
const SIZED = new Set([
  "width",
  "height",
  "depth",
  "voffset",
  "lspace",
  "rspace",
  "minsize",
  "maxsize",
  "linethickness",
]);

/** @param {Element} from @param {Element} to */
function copyAttributes(from, to) {
  for (const { name, value } of from.attributes) {
    if (ATTRIBUTES.has(name) && (!SIZED.has(name) || LENGTH.test(value))) to.setAttribute(name, value);
  }
}

/** @param {Node} node @returns {Node} */
function copy(node) {
  if (!(node instanceof Element)) return document.createTextNode(node.textContent ?? "");
  const name = node.localName;
  if (!TAGS.has(name)) return document.createTextNode(node.textContent ?? "");
  const made = document.createElementNS(MATHML, name);
  copyAttributes(node, made);
  for (const child of node.childNodes) made.append(copy(child));
  return made;
}

/**
 * The formula, or its source where it cannot be read.
 * @param {string} tex @param {boolean} display @returns {HTMLElement}
 */
export function formula(tex, display) {
  const place = document.createElement("span");
  place.className = display ? "agui-math agui-math-display" : "agui-math";
  const drawn = document.createElement("span");
  try {
    temml.render(tex, drawn, {
      displayMode: display,
      throwOnError: true,
      trust: false,
      maxExpand: 500,
      maxSize: [20, 20],
    });
    place.append(...[...drawn.childNodes].map(copy));
    place.title = tex;
  } catch {
    const source = document.createElement("code");
    source.className = "agui-tex";
    source.textContent = tex;
    place.append(source);
  }
  return place;
}
