// The two pages that an app is shut into, and what they may reach. Pure: text only, no DOM.
//
// The outer one is ours. It holds the app's own in a frame and passes messages on: since its policy
// forbids frames of other places, the app cannot leave for one either, which no policy of its own
// could forbid. Both have opaque origins (sandbox="allow-scripts").

/** @typedef {{ connect: readonly string[], load: readonly string[] }} Reach origins, checked by the kernel */

/** @type {Reach} */
export const NOWHERE = { connect: [], load: [] };

/** @param {Reach} reach @returns {string} a content policy */
export function policy({ connect, load }) {
  const from = load.map((origin) => ` ${origin}`).join("");
  return [
    "default-src 'none'",
    `script-src 'unsafe-inline'${from}`,
    `style-src 'unsafe-inline'${from}`,
    `img-src data: blob:${from}`,
    `font-src data:${from}`,
    `media-src data: blob:${from}`,
    `connect-src ${connect.join(" ") || "'none'"}`,
    "frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; webrtc 'block'",
  ].join("; ");
}

/** @param {string} text @returns {string} */
const quoted = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;");

/** @param {string} rules */
const head = (rules) =>
  `<!doctype html><meta http-equiv="Content-Security-Policy" content="${quoted(rules)}"><meta charset="utf-8">`;

const RELAY = `const inner = document.querySelector("iframe").contentWindow;
addEventListener("message", ({ source, data }) => {
  if (source === inner) parent.postMessage(data, "*");
  else if (source === parent) inner.postMessage(data, "*");
});`;

/** @param {string} html the app's page, hostile @param {Reach} reach @returns {string} for srcdoc */
export function framePage(html, reach) {
  const rules = policy(reach);
  const page = quoted(head(rules) + html);
  return `${head(rules)}<style>html,body,iframe{margin:0;border:0;width:100%;height:100%;display:block}</style>
<iframe sandbox="allow-scripts" referrerpolicy="no-referrer" title="App" srcdoc="${page}"></iframe><script>${RELAY}</script>`;
}
