// What went over the wire as rows: folding, filtering, faults, times; and requests to run elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { asCurl, asPython } from "../../src/inspector/wire_copy.js";
import { filterOf, WireRows } from "../../src/inspector/wire_rows.js";

/** @import { WireFact, WireItem } from "../../src/types" */

/** @param {string} runId @param {number} [at] @returns {WireItem} */
const request = (runId, at = 0) => ({ kind: "request", runId, at, size: 2, body: "{}" });

/** @param {Record<string, any>} event @param {Partial<WireItem>} [more] @returns {WireItem} */
const frame = (event, more = {}) => ({
  kind: "frame",
  runId: "r",
  at: 10,
  size: 9,
  type: event.type,
  text: `data: ${JSON.stringify(event)}`,
  verdict: "taken",
  why: "",
  ...more,
});

/** @param {Partial<WireFact>} more @returns {WireFact} */
const fact = (more) => ({
  runId: "r",
  method: "POST",
  url: "http://a.test/",
  status: 200,
  sent: [
    ["host", "a.test"],
    ["authorization", "***"],
    ["x-note", "it's"],
  ],
  received: [],
  bytes: 1,
  lost: 0,
  headers: 3,
  first: 4,
  token: 5,
  end: 60,
  fault: "",
  ...more,
});

const delta = (/** @type {string} */ text, /** @type {Partial<WireItem>} */ more = {}) =>
  frame({ type: "TEXT_MESSAGE_CONTENT", messageId: "m", delta: text }, { place: "message:m", ...more });

/** @param {WireItem[]} items @param {WireFact[]} facts */
function rowsOf(items, facts = []) {
  const rows = new WireRows();
  assert.equal(rows.add(0, items, facts), true);
  return rows;
}

/** @param {WireRows} rows */
function shown(rows) {
  rows.again();
  assert.equal(
    rows.work(() => false),
    true,
  );
  return rows.passing.map((at) => [rows.records[at].kind, rows.records[at].type]);
}

test("pieces of one message are one row, which unfolds, and what was mended stays outside", () => {
  const rows = rowsOf([
    request("r"),
    delta("a "),
    delta("b "),
    delta("c", { verdict: "mended" }),
    delta("d"),
  ]);
  const type = "TEXT_MESSAGE_CONTENT";
  assert.deepEqual(shown(rows), [
    ["request", "REQUEST"],
    ["fold", type],
    ["frame", type],
    ["frame", type],
  ]);
  assert.equal(rows.summary(rows.records[1]), "text × 2, 'a b '");
  rows.flipFold(1);
  assert.equal(shown(rows).length, 6);
  assert.deepEqual([rows.frames, rows.piecesOf("r")], [4, 3]);
});

test("an hour of pieces stays one short row", () => {
  const rows = rowsOf(Array.from({ length: 5_000 }, () => delta("word ")));
  assert.equal(shown(rows).length, 1);
  assert.equal(rows.records[0].count, 5_000);
  assert.ok(rows.summary(rows.records[0]).length < 240);
});

test("every word of a filter has to fit", () => {
  const start = frame({ type: "TOOL_CALL_START", toolCallId: "c", toolCallName: "search" }, { at: 20 });
  const args = frame({ type: "TOOL_CALL_ARGS", toolCallId: "c", delta: "{}" }, { at: 1_500 });
  const news = frame({ type: "NEWS" }, { at: 1_501, verdict: "passed over", why: "unrecognised" });
  const rows = rowsOf([request("r"), start, args, news]);
  for (const [words, types] of /** @type {[string, string[]][]} */ ([
    ["", ["REQUEST", "TOOL_CALL_START", "TOOL_CALL_ARGS", "NEWS"]],
    ["type:tool", ["TOOL_CALL_START", "TOOL_CALL_ARGS"]],
    ["tool:SEARCH", ["TOOL_CALL_START", "TOOL_CALL_ARGS"]],
    ["tool:search >1s", ["TOOL_CALL_ARGS"]],
    [">200ms", ["TOOL_CALL_ARGS"]],
    ["is:passed", ["NEWS"]],
    ["unrecognised", ["NEWS"]],
    ["-type:tool -is:passed", ["REQUEST"]],
    ["type:tool nothing", []],
    ["<5 news", ["NEWS"]],
  ])) {
    rows.text = words;
    assert.deepEqual(
      shown(rows).map(([, type]) => type),
      types,
      words,
    );
  }
  assert.equal(filterOf("-")(rows.records[0]), false);
});

test("chips show only what is clicked, and failed requests among what was refused", () => {
  const rows = rowsOf(
    [request("r"), delta("a"), frame({ type: "" }, { verdict: "refused" }), request("q")],
    [fact({ fault: "boom" })],
  );
  rows.only.add("refused");
  assert.deepEqual(shown(rows), [
    ["request", "REQUEST"],
    ["frame", ""],
  ]);
  rows.only.add("text");
  assert.equal(shown(rows).length, 3);
});

test("where a run went wrong is what was refused, else what told of an error, else its request", () => {
  const error = frame({ type: "RUN_ERROR", message: "no" });
  assert.equal(rowsOf([request("r"), delta("a"), frame({}, { verdict: "refused" })]).placeOfFault("r"), 2);
  assert.equal(rowsOf([request("r"), error, delta("a")]).placeOfFault("r"), 1);
  assert.equal(rowsOf([request("q"), request("r"), delta("a")]).placeOfFault("r"), 1);
  assert.equal(rowsOf([request("q")]).placeOfFault("r"), -1);
});

test("a row is found by what it made, the request where nothing did", () => {
  const step = frame({ type: "STEP_STARTED", stepName: "plan" });
  const rows = rowsOf([request("r", 100), step, delta("a"), delta("b")], [fact({})]);
  assert.equal(rows.placeOf("r", ["place", "message:m"]), 2);
  assert.equal(rows.placeOf("r", ["stepName", "plan"]), 1);
  assert.equal(rows.placeOf("r", ["place", "call:none"]), 0);
  assert.equal(rows.placeOf("r"), 0);
  assert.equal(rows.placeOf("q", ["stepName", "plan"]), -1);
  assert.deepEqual([rows.firstToken("r"), rows.firstToken("q")], [105, undefined]);
});

test("rows that were told before are passed over, and a gap is asked for", () => {
  const rows = rowsOf([request("r"), delta("a")]);
  assert.equal(rows.add(1, [delta("a")], []), true);
  assert.equal(rows.add(5, [delta("z")], []), false);
  assert.equal(rows.told, 2);
  assert.equal(rows.add(0, [request("q")], []), true);
  assert.deepEqual([rows.told, rows.records.length], [1, 1]);
});

test("frames that are no JSON, or no object, have a row without an event", () => {
  const rows = rowsOf(
    ['data: {"a"', "data: 7", ": ping", "<html>"].map((text) => frame({}, { text, type: "" })),
  );
  assert.deepEqual(
    rows.records.map(({ event }) => event),
    [null, null, null, null],
  );
});

test("no method or address is an option or a command of its own where a shell reads it", () => {
  const told = { ...fact({}), method: "GET; touch /tmp/x", url: "-o/tmp/x" };
  const [line] = asCurl(/** @type {any} */ (told), request("r")).split(" \\\n");
  assert.equal(line, "curl -N -X 'GET; touch /tmp/x' --url '-o/tmp/x'");
});

test("curl and Python send the body as it was, quoted, and no header that is their own business", () => {
  const item = { ...request("r"), body: `{"say":"it's \\"here\\" $HOME"}` };
  assert.equal(
    asCurl(fact({}), item),
    `curl -N -X POST --url 'http://a.test/' \\
  -H 'authorization: ***' \\
  -H 'x-note: it'\\''s' \\
  --data-raw '{"say":"it'\\''s \\"here\\" $HOME"}'
`,
  );
  const python = asPython(fact({}), item);
  assert.ok(python.includes(`body = "{\\"say\\":\\"it's \\\\\\"here\\\\\\" $HOME\\"}"`), python);
  assert.ok(!/host|a\.test"\s*:/.test(python.split("body")[0]), python);
});
