// What arrow-up brings back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { promptsOf } from "../../src/chat/prompt_history.js";

test("prompts come newest first, repeats once", () => {
  const messages = ["a", "b", "b", ""].map((content, at) => ({
    id: `${at}`,
    role: /** @type {const} */ ("user"),
    content,
  }));
  assert.deepEqual(promptsOf(messages), ["b", "a"]);
});
