// Rows in pages that a browser can skip.
import assert from "node:assert/strict";
import { test } from "node:test";
import "../support/page.js";

const { putBefore, takeOff } = await import("../../src/ui/row_pages.js");

/**
 * Puts the words into the list in this order, from the end, as the transcript does.
 * @param {Element} list @param {Map<string, Element>} nodes @param {string[]} words
 */
function arrange(list, nodes, words) {
  /** @type {Element | null} */
  let next = null;
  for (const word of words.toReversed()) {
    const node = nodes.get(word) ?? Object.assign(document.createElement("p"), { textContent: word });
    nodes.set(word, node);
    putBefore(list, node, next);
    next = node;
  }
  for (const [word, node] of nodes) {
    if (words.includes(word)) continue;
    nodes.delete(word);
    takeOff(node);
  }
}

/** @param {Element} list */
const shown = (list) => [...list.querySelectorAll("p")].map((node) => node.textContent);

test("whatever comes, goes and moves, the order is right and no page is empty", () => {
  const list = document.createElement("div");
  /** @type {Map<string, Element>} */
  const nodes = new Map();
  let seed = 7;
  const random = (/** @type {number} */ below) => (seed = (seed * 16_807) % 2_147_483_647) % below;
  /** @type {string[]} */
  let words = [];
  for (let round = 0; round < 300; round += 1) {
    const what = random(4);
    if (what === 0) words.push(`w${round}`, `x${round}`);
    else if (what === 1) words.unshift(...Array.from({ length: random(30) }, (_, at) => `u${round}-${at}`));
    else if (what === 2) words.splice(random(words.length + 1), random(3), `s${round}`);
    else
      words = [...words.slice(random(words.length + 1)), ...words.slice(0, random(3))].filter(
        (word, at, all) => all.indexOf(word) === at,
      );
    arrange(list, nodes, words);
    assert.deepEqual(shown(list), words);
    assert.equal(
      [...list.children].some((page) => !page.childElementCount),
      false,
    );
  }
});

test("a list that grows on either side is cut into pages, and what stands stays where it is", () => {
  const list = document.createElement("div");
  /** @type {Map<string, Element>} */
  const nodes = new Map();
  const words = Array.from({ length: 100 }, (_, at) => `${at}`);
  arrange(list, nodes, words.slice(40, 60));
  const page = nodes.get("50")?.parentElement;
  arrange(list, nodes, words);
  assert.ok(page);
  assert.equal(nodes.get("50")?.parentElement, page);
  assert.ok([...list.children].every((one) => one.childElementCount <= 20));
});
