// What of a mimebundle is shown, and the page that HTML is shut into.
import assert from "node:assert/strict";
import { test } from "node:test";
import { imageSource, likelyHeight, shutPage, waysToShow } from "../../src/details/mime.js";

test("pictures come before HTML, and text last", () => {
  const bundle = {
    "text/plain": "x",
    "text/html": "<b>",
    "image/png": "aGk=",
    "application/javascript": "alert(1)",
    "application/vnd.x+json": {},
    "text/markdown": "x",
  };
  assert.deepEqual(
    waysToShow(bundle).map((way) => way.mime),
    ["image/png", "text/html", "text/markdown", "application/vnd.x+json", "text/plain"],
  );
});

test("a figure is drawn by the page where it can and the figure names no address", () => {
  const plotly = "application/vnd.plotly.v1+json";
  const shows = (/** @type {unknown} */ data, /** @type {string[]} */ drawn) =>
    waysToShow({ [plotly]: data, "text/html": "x" }, drawn).map((way) => way.show);
  assert.deepEqual(shows({ data: [] }, [plotly]), ["figure", "page", "json"]);
  assert.deepEqual(shows({ data: [] }, []), ["page", "json"]);
  assert.deepEqual(shows({ layout: { images: [{ source: "//x.test/a" }] } }, [plotly]), ["page", "json"]);
  assert.deepEqual(
    waysToShow({ "application/vnd.bokehjs_exec.v0+json": {} }, ["application/vnd.bokehjs_exec.v0+json"]),
    [{ mime: "application/vnd.bokehjs_exec.v0+json", show: "json", label: "JSON" }],
  );
});

test("a picture that is not base64 is no picture", () => {
  assert.deepEqual(
    waysToShow({ "image/png": 'x" onerror="alert(1)', "text/plain": "x" }).map((way) => way.mime),
    ["text/plain"],
  );
});

test("lines of a saved notebook are joined", () => {
  assert.equal(imageSource("image/png", ["aG\n", "k=\n"]), "data:image/png;base64,aGk=");
});

test("the policy of a shut page stands before anything of the tool's", () => {
  const page = shutPage("<script>1</script>", "dark");
  assert.ok(page.indexOf("default-src 'none'") < page.indexOf("<script>"));
  assert.ok(!page.includes("script-src"));
});

test("links and look-ups of a tool's page are disarmed, its text stays", () => {
  const page = shutPage(
    '<a href="https://x.test">there</a><LINK rel=preconnect href=//x.test><meta\nhttp-equiv=refresh><abbr>',
    "light",
  );
  assert.ok(
    page.endsWith(
      '<x-a href="https://x.test">there</a><x-LINK rel=preconnect href=//x.test><x-meta\nhttp-equiv=refresh><abbr>',
    ),
  );
});

test("a page's height is guessed from what is in it", () => {
  assert.deepEqual(
    [
      likelyHeight("hi"),
      likelyHeight('<svg width="1" height="200">'),
      likelyHeight("<tr>".repeat(5)),
      likelyHeight("<tr>".repeat(500)),
    ],
    [64, 224, 170, 420],
  );
});
