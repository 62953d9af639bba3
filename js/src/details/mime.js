// What of a mimebundle is shown, and the page that HTML of a tool is shut into. Pure: no DOM.

/** @typedef {Record<string, unknown>} Mimebundle */
/** @typedef {"image" | "page" | "markdown" | "json" | "text"} Show */

/**
 * Best first. Pictures come before HTML, because HTML that draws itself with scripts stays blank
 * in a page without scripts, and such outputs carry a picture beside it.
 * @type {[RegExp, Show, string][]}
 */
const ORDER = [
  [/^image\/(png|jpeg|gif|webp)$/, "image", "Picture"],
  [/^image\/svg\+xml$/, "page", "Drawing"],
  [/^text\/html$/, "page", "HTML"],
  [/^text\/markdown$/, "markdown", "Markdown"],
  [/^application\/([\w.+-]+\+)?json$/, "json", "JSON"],
  [/^text\/(?!html$|markdown$)/, "text", "Text"],
];

/** @param {unknown} data @returns {string} a notebook may hold text as a list of lines */
export const mimeText = (data) =>
  Array.isArray(data)
    ? data.join("")
    : typeof data === "string"
      ? data
      : (JSON.stringify(data, null, 2) ?? "");

/**
 * The ways to show a bundle, best first.
 * @param {Mimebundle} bundle @returns {{mime: string, show: Show, label: string}[]}
 */
export function waysToShow(bundle) {
  return ORDER.flatMap(([pattern, show, label]) =>
    Object.keys(bundle)
      .filter((mime) => pattern.test(mime) && (show !== "image" || isBase64(bundle[mime])))
      .map((mime) => ({ mime, show, label })),
  );
}

/** @param {unknown} data @returns {boolean} */
const isBase64 = (data) => /^[A-Za-z0-9+/=\s]+$/.test(mimeText(data));

/** @param {string} mime @param {unknown} data @returns {string} */
export const imageSource = (mime, data) => `data:${mime};base64,${mimeText(data).replace(/\s+/g, "")}`;

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";
const LOOK = `body{margin:8px;font:13px/1.4 system-ui,sans-serif;overflow-wrap:anywhere}
table{border-collapse:collapse;font-size:12px}th,td{padding:4px 8px;text-align:right;border-bottom:1px solid #8884}
svg,img{max-width:100%;height:auto}`;

/**
 * What a policy does not stop: links (followed inside the frame), and elements that make the
 * browser look up or reconnect to a host. Under another name they do nothing, and their text stays.
 * @param {string} html @returns {string}
 */
const tame = (html) => html.replace(/<(?=(?:a|area|base|form|link|meta)[\s/>])/gi, "<x-");

/**
 * A document for an iframe with sandbox="": no script runs in it and nothing is fetched by it.
 * The policy stands first, so nothing that follows can come before it.
 * @param {unknown} data HTML or SVG @param {string} scheme light or dark @returns {string}
 */
export const shutPage = (data, scheme) =>
  `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta charset="utf-8">` +
  `<meta name="color-scheme" content="${scheme}"><style>${LOOK}</style><body>${tame(mimeText(data))}`;

/**
 * A guess at the height of a page that cannot tell its own, in px.
 * @param {unknown} data @returns {number}
 */
export function likelyHeight(data) {
  const text = mimeText(data);
  const drawn = /<svg\b[^>]*?\bheight\s*=\s*["']?(\d+)/i.exec(text.slice(0, 4000));
  const rows = text.match(/<(tr|p|li|h\d|div|pre|br)\b/gi)?.length ?? 0;
  return Math.min(420, Math.max(64, drawn ? Number(drawn[1]) + 24 : rows * 26 + 40));
}
