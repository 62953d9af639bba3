// @ag-ui/client, the reference: HttpAgent.runAgent on a thread that holds the earlier messages.
// Usage: node client_reference.mjs URL EARLIER RUNS; prints the same JSON as measured.py.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(`${process.env.BENCH_NODE}/package.json`));
const { HttpAgent } = require("@ag-ui/client");
const [url, earlier, runs] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const roles = ["user", "assistant"];

async function read() {
  const initialMessages = Array.from({ length: earlier }, (_, n) => ({
    id: `h${n}`,
    role: roles[n % 2],
    content: `message ${n}`,
  }));
  const agent = new HttpAgent({ url, threadId: "t", initialMessages });
  await agent.runAgent({ runId: "r" });
  return agent.messages.at(-1)?.content ?? "";
}

const cpu = [];
const wall = [];
let text = earlier ? "" : await read();
for (let n = 0; n < runs; n += 1) {
  const before = process.cpuUsage();
  const since = performance.now();
  text = await read();
  const { user, system } = process.cpuUsage(before);
  cpu.push((user + system) / 1e6);
  wall.push((performance.now() - since) / 1e3);
}
process.stdout.write(JSON.stringify({ cpu, wall, characters: text.length }));
