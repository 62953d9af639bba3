// A request as something to run elsewhere: curl's command, a few lines of Python. Pure. What is
// masked stays masked: whoever runs it puts the secret in.

/** @import { WireFact, WireItem } from "../types" */

const OWN = /^(host|content-length|connection|accept-encoding|user-agent)$/i;

/** In single quotes for a shell. @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** @param {WireFact} fact */
const headersOf = ({ sent }) => sent.filter(([name]) => !OWN.test(name));

/** @param {WireFact} fact @param {WireItem} item */
export function asCurl(fact, item) {
  const headers = headersOf(fact).map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)} \\\n`);
  const method = /^[A-Z]+$/.test(fact.method) ? fact.method : quoted(fact.method);
  return `curl -N -X ${method} --url ${quoted(fact.url)} \\\n${headers.join("")}  --data-raw ${quoted(item.body ?? "")}\n`;
}

/** @param {WireFact} fact @param {WireItem} item */
export function asPython(fact, item) {
  const headers = JSON.stringify(Object.fromEntries(headersOf(fact)), null, 4);
  return `import httpx

headers = ${headers}
body = ${JSON.stringify(item.body ?? "")}
with httpx.stream(${JSON.stringify(fact.method)}, ${JSON.stringify(fact.url)}, headers=headers, content=body.encode(), timeout=None) as answer:
    for line in answer.iter_lines():
        print(line)
`;
}
