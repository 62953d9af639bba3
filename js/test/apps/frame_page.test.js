// The pages that an app is shut into: what its policy says, and that its text cannot leave its frame.
import assert from "node:assert/strict";
import { test } from "node:test";
import { framePage, NOWHERE, policy } from "../../src/apps/frame_page.js";

test("nothing is reached unless it was allowed", () => {
  assert.equal(
    policy(NOWHERE),
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; " +
      "font-src data:; media-src data: blob:; connect-src 'none'; frame-src 'none'; object-src 'none'; " +
      "base-uri 'none'; form-action 'none'; webrtc 'block'",
  );
});

test("what was allowed is loaded and connected to, and never framed", () => {
  const rules = policy({ connect: ["https://api.test"], load: ["https://cdn.test"] });
  assert.match(rules, /connect-src https:\/\/api\.test;/);
  assert.match(rules, /script-src 'unsafe-inline' https:\/\/cdn\.test;/);
  assert.match(rules, /frame-src 'none'/);
});

test("a page cannot end the attribute it stands in", () => {
  const text = framePage(`"></iframe><script>parent.hit = 1</script>&quot;><b>`, NOWHERE);
  assert.equal(text.match(/<script>/g)?.length, 2); // its own, quoted within the attribute, and ours
  assert.equal(text.match(/<\/iframe><script>const inner/g)?.length, 1);
  assert.ok(!text.includes(`"></iframe><script>parent`));
  assert.ok(text.includes("&amp;quot;><b>"));
});
