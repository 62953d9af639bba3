// Every example of CommonMark 0.31.2 and of GFM's extensions, and where we are not of their opinion. Both
// suites are tests/golden's; our own cases are in markdown.test.js.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { toHtml } from "../support/html.js";

/** @typedef {[section: string, number: number, source: string, html: string]} Example */

/** @param {string} name  in tests/golden */
const golden = (name) =>
  JSON.parse(readFileSync(new URL(`../../../tests/golden/${name}.json`, import.meta.url), "utf-8"));
/** @type {{why: string, sections: string[], examples: string[]}}  what the transcript says of it, too */
const HTML = golden("raw_html");
const LINKS = "GFM's bare links, where CommonMark has none";
const MAIL =
  "an address without a mark is text: most are examples, or a person's, and none is followed by mistake";

/** What differs, example by example, and why; in these two sections everything may. */
const RAW = new Set(HTML.sections);
/** @type {Record<string, string>} */
const DEVIATIONS = {
  ...Object.fromEntries(HTML.examples.map((name) => [name, HTML.why])),
  "Backslash escapes 14": "`\\[` at the beginning of a line begins a formula, which ends the paragraph above",
  "Autolinks 602": LINKS,
  "Autolinks 608": LINKS,
  "Autolinks 611": LINKS,
  "Autolinks (extension) 628": "no link leads to ftp://",
  "Autolinks (extension) 629": MAIL,
  "Autolinks (extension) 630": MAIL,
  "Autolinks (extension) 631": MAIL,
};

/** @param {string} name @returns {Example[]} */
const read = (name) => golden(name).examples;

/** Addresses as a browser asks for them: what it encodes itself may stand either way. @param {string} html */
const requested = (html) =>
  html.replaceAll(/(?<=href="|src=")[^"]*/g, (url) =>
    url.replaceAll(/[^\x20-\x7e[\]]|[[\]]/gu, encodeURIComponent),
  );

/** What does not show: slashes in tags, line ends between them, how quotes are escaped. @param {string} html */
const plain = (html) =>
  requested(html.replaceAll(/(<[^>]*?) ?\/>/g, "$1>"))
    .replaceAll(/\n+(?=<)|(?<=>)\n+|\n+$/g, "")
    .replaceAll("&quot;", '"')
    .replaceAll(/<\/?(thead|tbody)>| align="\w+"/g, "")
    .replaceAll(/<(\/?)th>/g, "<$1td>");

for (const suite of ["commonmark", "gfm"])
  test(`every example of ${suite}.json is read as it says, but for those named`, () => {
    for (const [section, number, source, html] of read(suite)) {
      if (RAW.has(section)) continue;
      const [made, wanted] = [plain(toHtml([source])), plain(html)];
      const why = DEVIATIONS[`${section} ${number}`];
      if (why) assert.notEqual(made, wanted, `${section} ${number} is right now`);
      else assert.equal(made, wanted, `${section} ${number}`);
    }
  });

test("few deviations are our choice, all others are raw HTML", () => {
  assert.equal(Object.values(DEVIATIONS).filter((why) => why !== HTML.why).length, 8);
});
