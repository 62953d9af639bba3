// Files as parts of a message, and which are refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { partType, MOST_BYTES, partOf, refusal, sizeText } from "../../src/details/files.js";

test("a file becomes a part by its type", () => {
  assert.deepEqual(["image/png", "audio/wav", "video/mp4", "application/pdf", "", "text/csv"].map(partType), [
    "image",
    "audio",
    "video",
    "document",
    "document",
    "document",
  ]);
  assert.deepEqual(partOf({ name: "a.png", mimeType: "image/png", size: 2, data: "aGk=" }), {
    type: "image",
    source: { type: "data", value: "aGk=", mimeType: "image/png" },
    metadata: { filename: "a.png" },
  });
  assert.equal(
    /** @type {any} */ (partOf({ name: "x", mimeType: "", size: 1, data: "" })).source.mimeType,
    "application/octet-stream",
  );
});

test("what does not fit is refused with a sentence", () => {
  assert.equal(refusal({ name: "a", size: 10 }, []), "");
  assert.equal(refusal({ name: "a", size: 0 }, []), "a is empty.");
  assert.equal(
    refusal({ name: "big.mp4", size: 5_000_000 }, [{ size: MOST_BYTES - 1 }]),
    "big.mp4 (5.0 MB) does not fit: one message carries at most 7.0 MB of files.",
  );
});

test("sizes read well", () => {
  assert.deepEqual([5, 1500, 2_500_000].map(sizeText), ["5 B", "2 kB", "2.5 MB"]);
});
