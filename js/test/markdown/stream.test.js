// Markdown that arrives in pieces, in a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stream } from "../support/markdown.js";
import { find } from "../support/page.js";

const { MarkdownStream } = await import("../../src/markdown/stream.js");

const SOURCE =
  "# Title\n\nSome *text* with `code`, [a link](https://a.b).\n\n- one\n- [x] two\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n```js\nlet x = 1;\n```\n\n> quoted\n\n[later]: https://c.d\n\nand [later].\n";

test("a text in pieces looks like the whole", () => {
  const whole = stream();
  whole.say(SOURCE);
  whole.end();
  const pieces = stream();
  for (const piece of SOURCE) pieces.say(piece);
  pieces.end();
  assert.equal(pieces.node.innerHTML, whole.node.innerHTML);
});

test("a cell links to what is defined below its table", () => {
  const { node, say, end } = stream();
  say("| a |\n|---|\n| [b] |\n\n");
  assert.equal(node.querySelector("td a"), null);
  say("[b]: https://c.d\n\n");
  end();
  assert.equal(find(node, "td a").getAttribute("href"), "https://c.d");
});

test("TeX in a fence is a formula once the fence is closed", async () => {
  const math = { formula: (/** @type {string} */ tex) => document.createTextNode(`<${tex}>`) };
  const { node, say } = stream(() => Promise.resolve(math));
  say("```math\na^2\n");
  assert.equal(node.textContent.trim(), "a^2");
  say("```\n");
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(node.textContent, "<a^2>");
});

test("what stands is not touched when more arrives", () => {
  const { node, say } = stream();
  say("First *one*.\n\nSecond paragraph goes");
  const [first, second] = node.querySelectorAll("p");
  const text = find(second, "span").firstChild;
  say(" on and on");
  assert.equal(node.querySelectorAll("p")[0], first);
  assert.equal(node.querySelectorAll("p")[1], second);
  assert.equal(find(second, "span").firstChild, text, "the text node grew");
  assert.match(second.textContent, /goes on and on/);
});

test("a mark whose end has not come yet is taken as closed", () => {
  const { node, say } = stream();
  say("This is **very");
  assert.equal(find(node, "strong").textContent, "very");
  say(" important** indeed");
  assert.equal(find(node, "strong").textContent, "very important");
  assert.match(node.textContent, /very important indeed/);
});

test("no marker is seen before it is known what it marks", () => {
  const { node, say } = stream();
  for (const piece of ["Text\n\n", "-", " "]) say(piece);
  assert.equal(node.textContent.trim(), "Text");
  say("item");
  assert.equal(find(node, "li").textContent.trim(), "item");
});

test("only web and mail links become links, in every disguise", () => {
  const { node, say, end } = stream();
  const urls = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "&#106;avascript:alert(1)",
    "\u0001javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://a/b",
    "//a.b",
    "/path",
    "#x",
  ];
  say(urls.map((url) => `[x](${url}) [x](<${url}>) <${url}>`).join("\n\n"));
  end();
  assert.deepEqual(
    [...node.querySelectorAll("a")].map((a) => a.getAttribute("href")),
    [],
  );
});

test("links leave the page without a handle on it", () => {
  const { node, say } = stream();
  say("[x](https://a.b) ");
  const { target, rel, href } = /** @type {HTMLAnchorElement} */ (node.querySelector("a"));
  assert.deepEqual(
    { target, rel, href },
    { target: "_blank", rel: "noopener noreferrer nofollow", href: "https://a.b/" },
  );
});

test("a remote image is fetched by a click and not before", async () => {
  const pictures = await import("../../src/details/pictures.js");
  const { node, say, end } = stream(async () => pictures);
  say(
    "![tracker](https://evil.example/x.png) ![svg](data:image/svg+xml;base64,PHN2Zz4=) ![dot](data:image/png;base64,iVBORw0KGgo=)",
  );
  end();
  assert.match(node.textContent, /^tracker svg $/);
  const images = () => [...node.querySelectorAll("img")].map((img) => img.src);
  assert.deepEqual(images(), ["data:image/png;base64,iVBORw0KGgo="]);
  await new Promise((done) => setTimeout(done));
  const button = find(node, "button");
  assert.match(button.textContent, /evil\.example/);
  assert.match(find(node, "span > .agui-image-off:not(button)").textContent, /svg/);
  assert.deepEqual(images(), ["data:image/png;base64,iVBORw0KGgo="]);
  button.click();
  assert.equal(find(node, "img").getAttribute("src"), "https://evil.example/x.png");
});

test("a picture in itself is shown whatever its size, once all of it has come, and the words around it", () => {
  const data = `data:image/png;base64,${"aaaa".repeat(50_000)}`;
  const text = `See my chart: ![my chart of *all*](${data} "title") and **more**.`;
  const { node, say, end } = stream();
  say(text.slice(0, 100_000));
  assert.equal(node.textContent.trim(), "See my chart:");
  say(text.slice(100_000));
  end();
  assert.equal(find(node, "img").src, data);
  assert.equal(find(node, "img").alt, "my chart of all");
  assert.equal(node.textContent, "See my chart:  and more.");
  assert.equal(find(node, "strong").textContent, "more");
});

test("an alert has its title, a footnote its number and a line of its own, and none loses a word", () => {
  const { node, say, end } = stream();
  say(
    "> [!WARNING]\n> Hot *soup*.\n\nSoup[^1] and bread[^b c] [^2](x).\n\n[^1]: Of kale.\n[^2]: See [it][a].\n\n[a]: https://b.c",
  );
  end();
  assert.equal(find(node, "blockquote strong").textContent, "WARNING");
  assert.deepEqual(
    [...node.querySelectorAll("p:not([hidden])")].map((p) => p.textContent),
    ["WARNINGHot soup.", "Soup1 and bread[^b c] ^2.", "1: Of kale.", "2: See it."],
  );
  assert.deepEqual(
    [...node.querySelectorAll("sup")].map((sup) => sup.textContent),
    ["1", "1", "2"],
  );
});

test("raw HTML makes no element", () => {
  const { node, say, end } = stream();
  say(
    "<img src=x onerror=alert(1)> <iframe> <svg onload=x>\n\n<style>*{display:none}</style>\n\n<form id=a name=b>",
  );
  end();
  assert.deepEqual([...node.querySelectorAll("img, iframe, svg, style, form, script")], []);
  assert.match(node.textContent, /<img src=x onerror=alert\(1\)>/);
});

const keepSelection = (/** @type {unknown} */ _, /** @type {() => void} */ write) => write();

test("code is coloured when its fence closes, by a module asked for only then", async () => {
  /** @type {string[]} */
  const asked = [];
  const { node, say, frames } = stream(
    async (name) => (
      asked.push(name),
      {
        keepSelection,
        tokens: (/** @type {string} */ code) => [
          [code.slice(0, 3), "keyword"],
          [code.slice(3), ""],
        ],
      }
    ),
  );
  say("```js\nlet x;\n");
  assert.deepEqual(asked, []);
  say("```\n");
  await new Promise((done) => setTimeout(done));
  assert.equal(node.querySelector(".agui-k-keyword"), null, "not before the frame has room for it");
  frames.run();
  assert.deepEqual(asked, ["highlight"]);
  assert.equal(find(node, ".agui-k-keyword").textContent, "let");
  assert.equal(find(node, "pre").textContent, "let x;\n");
});

test("many blocks of code are coloured one per frame, the newest first", async () => {
  /** @type {(() => boolean | void)[]} */
  const jobs = [];
  const made = new MarkdownStream({
    frames: { request: (job) => void jobs.push(job) },
    module: async () => ({ keepSelection, tokens: (/** @type {string} */ code) => [[code, "keyword"]] }),
  });
  made.append("```js\none\n```\n\n```js\ntwo\n```\n\n```js\nthree\n```\n");
  jobs.shift()?.();
  await new Promise((done) => setTimeout(done));
  const coloured = () => [...made.node.querySelectorAll(".agui-k-keyword")].map((one) => one.textContent);
  const colour = jobs[0];
  assert.deepEqual([colour(), coloured()], [true, ["three\n"]]);
  assert.deepEqual([colour(), coloured()], [true, ["two\n", "three\n"]]);
  assert.deepEqual([colour(), coloured()], [false, ["one\n", "two\n", "three\n"]]);
});

test("a formula shows its source until its module is here", async () => {
  const drawn = document.createElement("math");
  let give = () => {};
  const { node, say } = stream(() => new Promise((done) => (give = () => done({ formula: () => drawn }))));
  say("so $x^2$ holds ");
  assert.equal(find(node, ".agui-tex").textContent, "x^2");
  give();
  await new Promise((done) => setTimeout(done));
  assert.equal(node.querySelector("math"), drawn);
});

test("a definition that comes later makes the link", () => {
  const { node, say, end } = stream();
  say("see [docs]\n\nmore\n\n");
  assert.equal(node.querySelector("a"), null);
  say("[docs]: https://a.b\n\n");
  end();
  assert.equal(/** @type {any} */ (find(node, "a")).href, "https://a.b/");
});

test("a paragraph with elements without end shows the rest as it was written, and keeps every character", () => {
  for (const mark of ["` ", "$", "*a* "]) {
    const { node, say, end } = stream();
    say(`${mark.repeat(10_000)}the end`);
    end();
    assert.ok(node.querySelectorAll("*").length < 9000, mark);
    assert.match(node.textContent, /the end$/);
  }
});

test("a heading with a line separator of Unicode is one heading, in one piece and in several", () => {
  const source = "# One\u2028Two\u2029Three\n\nafter";
  const whole = stream();
  whole.say(source);
  whole.end();
  const pieces = stream();
  for (const piece of source) pieces.say(piece);
  pieces.end();
  for (const { node } of [whole, pieces]) {
    assert.equal(find(node, "h1, h2, h3, h4, [role=heading]").textContent, "One\u2028Two\u2029Three");
    assert.match(node.textContent, /after$/);
  }
});

test("what has come for an answer that left the page costs nothing more", () => {
  const { node, say, made, frames } = stream();
  document.body.append(node);
  say("first ");
  node.remove();
  made.append("second ".repeat(10_000));
  assert.equal(frames.run(), 1);
  assert.equal(node.textContent.trim(), "first");
});

test("numbers are shown as they come, and those of list items wait for their kind", () => {
  const shown = (/** @type {string[]} */ ...pieces) => {
    const one = stream();
    pieces.forEach(one.say);
    return one.node.textContent;
  };
  assert.equal(shown("3 ", "5 ", "8"), "3 5 8");
  assert.equal(shown("3", ".1", "4"), "3.14");
  assert.equal(shown("12345", "67890"), "1234567890");
  assert.equal(shown("- ", "1 ", "2"), "1 2");
  assert.equal(shown("1", "2", "."), "");
  assert.equal(shown("12. ", "x"), "x");
});
