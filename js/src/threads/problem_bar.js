// Why conversations are not kept, in one sentence, where the user looks. The chat goes on without.
import { button } from "../ui/buttons.js";
import { h, setText } from "../ui/dom.js";

/** @import { Context } from "../types" */

/** @param {Context} context */
export function problemBar({ store, root, signal }) {
  let read = ""; // what the user has waved away
  let told = "";
  const words = h("span");
  const dismiss = button(
    "Dismiss",
    () => {
      read = told;
      look();
    },
    { kind: "plain" },
  );
  const node = h("div", { class: "agui-problem", role: "status", hidden: true }, words, dismiss);
  root.querySelector(".agui-composer")?.before(node);
  const look = () => {
    told = store.view.threads?.problem ?? "";
    node.hidden = !told || told === read;
    setText(words, told);
  };
  store.watch("view", look, signal);
  look();
}
