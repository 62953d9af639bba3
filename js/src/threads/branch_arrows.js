// "2 / 3" at a turn that was edited or tried again, with arrows to its other versions.
import { drawWhenSet } from "../document/store.js";
import { iconButton } from "../ui/buttons.js";
import { div, setText, span } from "../ui/dom.js";

/** @import { Context, TurnVersions } from "../types" */

class Arrows {
  #count = span("agui-version");
  #versions = /** @type {TurnVersions} */ ({ mid: "", shown: 0, branches: [] });

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.back = iconButton("Earlier version", "chevron", () => this.#go(-1));
    this.on = iconButton("Later version", "chevron", () => this.#go(1));
    this.back.classList.add("agui-back");
    this.node = div("agui-versions", this.back, this.#count, this.on);
  }

  /** @param {number} step */
  #go(step) {
    const { shown, branches } = this.#versions;
    this.context.send({ kind: "branch", number: branches[shown + step] });
  }

  /** @param {TurnVersions} versions */
  update(versions) {
    this.#versions = versions;
    const { shown, branches } = versions;
    setText(this.#count, `${shown + 1} / ${branches.length}`);
    this.#count.setAttribute("aria-label", `Version ${shown + 1} of ${branches.length}`);
    const still = this.context.store.view.readonly || this.context.store.connection === "dead";
    this.back.disabled = still || shown === 0;
    this.on.disabled = still || shown === branches.length - 1;
  }
}

/** @param {Context} context */
export function branchArrows(context) {
  const { store, root, frames, signal } = context;
  /** @type {Map<string, Arrows>} */
  const made = new Map();
  const draw = () => {
    const wanted = new Map((store.view.threads?.branches ?? []).map((each) => [each.mid, each]));
    for (const [mid, { node }] of made) if (!wanted.has(mid)) node.remove();
    for (const turn of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".agui-user"))) {
      const versions = wanted.get(turn.dataset.mid ?? "");
      if (!versions) continue;
      const arrows = made.get(versions.mid) ?? new Arrows(context);
      made.set(versions.mid, arrows);
      arrows.update(versions);
      if (arrows.node.parentNode !== turn) turn.append(arrows.node);
    }
  };
  drawWhenSet(context, draw, ["messages"]);
  const rows = root.querySelector(".agui-rows");
  const watch = new MutationObserver(() => frames.request(draw));
  if (rows) watch.observe(rows, { childList: true });
  signal.addEventListener("abort", () => watch.disconnect());
}
