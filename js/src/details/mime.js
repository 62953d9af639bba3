// What of a mimebundle is shown, and the page that HTML of a tool is shut into. Pure: no DOM.

/** @typedef {Record<string, unknown>} Mimebundle */
/** @typedef {"widget" | "error" | "table" | "figure" | "image" | "page" | "markdown" | "json" | "text"} Show */

const FIGURE = /^application\/vnd\.(plotly|vega|vegalite)\.v\d+\+json$/;

/**
 * Whether what is drawn of it asks nothing of a network, as far as that shows: no address in it.
 * @param {unknown} data @returns {boolean}
 */
const namesNoAddress = (data) => !(JSON.stringify(data) ?? "").includes("//");

/**
 * Best first. Pictures come before HTML, because HTML that draws itself with scripts stays blank
 * in a page without scripts, and such outputs carry a picture beside it.
 * @type {[RegExp, Show, string][]}
 */
const ORDER = [
  [/^application\/vnd\.jupyter\.widget-view\+json$/, "widget", "Widget"],
  [/^application\/vnd\.agui-notebook\.error\+json$/, "error", "Error"],
  [/^application\/vnd\.agui-notebook\.table\+json$/, "table", "Table"],
  [FIGURE, "figure", "Figure"],
  [/^image\/(png|jpeg|gif|webp)$/, "image", "Picture"],
  [/^image\/svg\+xml$/, "page", "Drawing"],
  [/^text\/html$/, "page", "HTML"],
  [/^text\/markdown$/, "markdown", "Markdown"],
  [/^application\/(?!vnd\.agui)([\w.+-]+\+)?json$/, "json", "JSON"],
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
 * The ways to show a bundle, best first. ``drawn`` are the kinds that the host draws itself.
 * @param {Mimebundle} bundle @param {readonly string[]} [drawn] @returns {{mime: string, show: Show, label: string}[]}
 */
export function waysToShow(bundle, drawn = []) {
  const ways = ORDER.flatMap(([pattern, show, label]) =>
    Object.keys(bundle)
      .filter((mime) => pattern.test(mime))
      .filter((mime) => show !== "image" || isBase64(bundle[mime]))
      .filter((mime) => show !== "figure" || (drawn.includes(mime) && namesNoAddress(bundle[mime])))
      .map((mime) => ({ mime, show, label })),
  );
  return ways[0]?.show === "widget" || ways[0]?.show === "error" ? ways.slice(0, 1) : ways;
}

/** @param {unknown} data @returns {boolean} */
const isBase64 = (data) => /^[A-Za-z0-9+/=\s]+$/.test(mimeText(data));

/** @param {string} mime @param {unknown} data @returns {string} */
export const imageSource = (mime, data) => `data:${mime};base64,${mimeText(data).replace(/\s+/g, "")}`;

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";
const LOOK = `body{margin:8px;font:13px/1.4 system-ui,sans-serif;overflow-wrap:anywhere}
table{border:0;border-collapse:collapse;font-size:12px;white-space:nowrap;font-variant-numeric:tabular-nums}
th,td{padding:4px 8px;text-align:right;border:0;max-width:40em;overflow:hidden;text-overflow:ellipsis}
thead th{position:sticky;top:0;background:Canvas;box-shadow:inset 0 -1px #8888}
tbody th{position:sticky;left:0;background:Canvas}tbody tr:nth-child(even){background:#8881}
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
