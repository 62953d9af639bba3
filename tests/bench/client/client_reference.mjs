// @ag-ui/client, the reference: HttpAgent.runAgent on a thread that holds the earlier messages.
// Usage: node client_reference.mjs EMPTY FULL EARLIER RUNS; prints the same JSON as measured.py.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(`${process.env.BENCH_NODE}/package.json`));
const { HttpAgent } = require("@ag-ui/client");
const [empty, full] = process.argv.slice(2, 4);
const [earlier, runs] = process.argv.slice(4).map(Number);
const roles = ["user", "assistant"];

async function read(url) {
  const initialMessages = Array.from({ length: earlier }, (_, n) => ({
    id: `h${n}`,
    role: roles[n % 2],
    content: `message ${n}`,
  }));
  const agent = new HttpAgent({ url, threadId: "t", initialMessages });
  await agent.runAgent({ runId: "r" });
  return agent.messages.at(-1)?.content ?? "";
}

async function measured(url) {
  const before = process.cpuUsage();
  const since = performance.now();
  const text = await read(url);
  const { user, system } = process.cpuUsage(before);
  return { text, cpu: (user + system) / 1e6, wall: (performance.now() - since) / 1e3 };
}

const found = { empty: [], full: [], wall: [], characters: 0 };
for (let n = 0; n <= runs; n += 1) {
  const nothing = await measured(empty);
  if (n === 0) {
    if (!earlier) await read(full); // with a history a full run takes long: no warm-up
    continue;
  }
  const all = await measured(full);
  found.empty.push(nothing.cpu);
  found.full.push(all.cpu);
  found.wall.push(all.wall);
  found.characters = all.text.length;
}
process.stdout.write(JSON.stringify(found));
