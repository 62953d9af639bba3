// Drives the official TypeScript client through scenes and prints what it made of them, as JSON.
// Arguments: the folder with node_modules, the agent's URL, its token.
import { createRequire } from "node:module";

const [lane, url, token] = process.argv.slice(2);
const { HttpAgent } = createRequire(`${lane}/package.json`)("@ag-ui/client");

const warnings = [];
console.warn = (...words) => warnings.push(words.map(String).join(" "));
console.error = (...words) => warnings.push(words.map(String).join(" "));

const query = {
  name: "query",
  description: "Runs SQL",
  parameters: { type: "object", properties: { sql: { type: "string" } }, required: ["sql"] },
};

const agentFor = () => new HttpAgent({ url, headers: { Authorization: `Bearer ${token}` } });

/** One run: the types of its events, how it failed, and what the client holds after it. */
async function run(agent, parameters = {}, onEvent = () => {}) {
  const seen = { types: [], failed: null, error: null, outcome: null };
  const subscriber = {
    onEvent: ({ event }) => {
      if (seen.types.at(-1) !== event.type) seen.types.push(event.type);
      if (event.type === "RUN_ERROR") seen.error = { message: event.message, code: event.code };
      if (event.type === "RUN_FINISHED") seen.outcome = event.outcome;
      onEvent(event);
    },
    onRunFailed: ({ error }) => {
      seen.failed = String(error);
    },
  };
  try {
    await agent.runAgent(parameters, subscriber);
  } catch (error) {
    seen.failed = String(error);
  }
  return { ...seen, messages: structuredClone(agent.messages), state: structuredClone(agent.state) };
}

const say = (agent, id, content) => agent.addMessage({ id, role: "user", content });

async function once(text, parameters, onEvent) {
  const agent = agentFor();
  say(agent, "u1", text);
  return [await run(agent, parameters, (event) => onEvent?.(event, agent))];
}

const scenes = {
  text: () => once("Show me some Markdown"),
  tools: () => once("What is the weather in Lisbon and Oslo?"),
  reasoning: () => once("Think before you answer"),
  plan: () => once("Plan a weekend in Lisbon"),
  state: () => once("Make a to-do list for a picnic"),
  error: () => once("Fail halfway, please"),
  cancel: () =>
    once("Tell me a long story", {}, (event, agent) => {
      if (event.type === "TEXT_MESSAGE_CONTENT") agent.abortRun();
    }),
  async interrupt() {
    const agent = agentFor();
    say(agent, "u1", "Send an email to the team");
    const asked = await run(agent);
    const payload = { approved: true, editedArgs: { to: "ada@example.com" } };
    const interruptId = asked.outcome.interrupts[0].id;
    return [asked, await run(agent, { resume: [{ interruptId, status: "resolved", payload }] })];
  },
  async frontend() {
    const agent = agentFor();
    say(agent, "u1", "Use one of my tools");
    const called = await run(agent, { tools: [query] });
    const [toolCallId] = called.outcome.pendingToolCallIds;
    agent.addMessage({ id: "t1", role: "tool", toolCallId, content: "42 rows" });
    return [called, await run(agent, { tools: [query] })];
  },
  async thread() {
    const agent = agentFor();
    say(agent, "u1", "What is 2 + 2?");
    const first = await run(agent);
    say(agent, "u2", "What did I just ask?");
    return [first, await run(agent)];
  },
};

const report = {};
for (const [name, scene] of Object.entries(scenes)) {
  warnings.length = 0;
  const runs = await scene();
  report[name] = { runs, warnings: [...warnings] };
}
process.stdout.write(JSON.stringify(report));
