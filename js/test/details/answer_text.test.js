// Answers in one line, the same words as the Python half has.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { answerText, questionText } from "../../src/details/answer_text.js";

const golden = new URL("../../../tests/golden/answered.json", import.meta.url);

test("questions and answers read the same here and in the saved notebook", () => {
  const cases = JSON.parse(readFileSync(golden, "utf-8"));
  assert.ok(cases.length > 10);
  for (const { interrupt, answer, ...told } of cases)
    assert.deepEqual({ asked: questionText(interrupt), said: answerText(interrupt, answer) }, told);
});
