// Keys and clicks at the widget's edge: what goes on to the host, and what does not go to a button.
import assert from "node:assert/strict";
import { test } from "node:test";
import { contextFor } from "../support/page.js";

const { ConversationStore } = await import("../../src/document/store.js");
const { dropSecondClicks, keepKeys } = await import("../../src/chat/host_keys.js");

/** @param {import("node:test").TestContext} context */
function edge(context) {
  const made = contextFor(new ConversationStore());
  keepKeys(made.root, made.context.signal);
  dropSecondClicks(made.root);
  const field = document.createElement("textarea");
  made.root.append(field);
  /** @type {string[]} */
  const heard = [];
  // Jupyter's two ways: at the document before the target, and after it
  const take = (/** @type {any} */ event) =>
    event.target.closest("[data-lm-suppress-shortcuts]") || heard.push(`before ${event.key}`);
  const bubbled = (/** @type {any} */ event) => heard.push(`after ${event.key}`);
  document.addEventListener("keydown", take, { capture: true });
  document.addEventListener("keydown", bubbled);
  context.after(() => {
    document.removeEventListener("keydown", take, { capture: true });
    document.removeEventListener("keydown", bubbled);
  });
  const press = async (/** @type {string} */ key, more = {}) => {
    const about = { key, bubbles: true, composed: true, cancelable: true, ...more };
    field.dispatchEvent(/** @type {any} */ (new window.KeyboardEvent("keydown", about)));
    await new Promise((done) => setTimeout(done));
    return heard.splice(0);
  };
  return { ...made, press };
}

test("the shortcuts of the document are the host's, what is typed and done to text is not", async (context) => {
  const { press } = edge(context);
  for (const more of [{ ctrlKey: true }, { metaKey: true }])
    assert.deepEqual(await press("s", more), ["before s", "after s"]);
  assert.deepEqual(await press("s"), [], "the guard is back");
  for (const key of ["a", "c", "v", "x", "z", "Enter", "ArrowLeft", "Backspace"])
    assert.deepEqual(await press(key, { ctrlKey: true }), []);
  assert.deepEqual(await press("Enter", { shiftKey: true }), []);
});

test("the second click of a double click is none for the button that took the place", (context) => {
  const { root } = edge(context);
  /** @type {string[]} */
  const pressed = [];
  const [send, stop] = ["send", "stop"].map((name) => {
    const made = document.createElement("button");
    made.onclick = () => void pressed.push(name);
    root.append(made);
    return made;
  });
  /** @param {HTMLElement} button @param {number} detail  which click in a row it is */
  const click = (button, detail) => {
    const about = { bubbles: true, detail };
    button.dispatchEvent(new window.MouseEvent("click", about));
  };
  click(send, 1);
  click(stop, 2);
  assert.deepEqual(pressed, ["send"]);
  click(stop, 1);
  click(stop, 2);
  click(send, 0);
  assert.deepEqual(pressed, ["send", "stop", "stop", "send"], "later, the same one, and by a key");
});
