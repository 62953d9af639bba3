// "8 turns set aside. Undo": for ten seconds after a click took turns away.
import { button } from "../ui/buttons.js";
import { h, setText } from "../ui/dom.js";
import { countText } from "./thread_text.js";

/** @import { Context } from "../types" */

const STAYS = 10_000; // ms

/** @param {Context} context */
export function asideBar(context) {
  const { store, send, root, signal } = context;
  const words = h("span");
  let number = 0;
  /** @type {ReturnType<typeof setTimeout> | 0} */
  let timer = 0;
  const undo = button("Undo", () => send({ kind: "undo", number }), { kind: "plain" });
  const node = h("div", { class: "agui-aside", role: "status", hidden: true }, words, undo);
  root.querySelector(".agui-composer")?.before(node);
  const hide = () => (node.hidden = true);
  const look = () => {
    const aside = store.view.threads?.aside;
    if (!aside) return void hide();
    if (aside.number === number) return;
    number = aside.number;
    setText(words, `${countText(aside.turns, "turn")} set aside.`);
    node.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(hide, STAYS);
  };
  store.watch("view", look, signal);
  signal.addEventListener("abort", () => clearTimeout(timer));
  look();
}
