// The player in the composer's place: play, pause, step by event or turn, speed, a scrubber with the
// turns marked. Nothing is sent to any agent; the kernel moves the conversation.
import { button, iconButton } from "../ui/buttons.js";
import { div, drawing, h, setText, span } from "../ui/dom.js";

/** @import { Context, Playing } from "../types" */

const PLAY = "M5 3l8 5-8 5z";
const PAUSE = "M5.500 3v10M10.500 3v10";
const STEP = "M4 3l6 5-6 5zM12 3v10";
const SPEEDS = [0.5, 1, 2, 5, 20];

class Player {
  #playing = /** @type {Playing} */ ({ at: 0, count: 0, turns: [], playing: false, speed: 1, live: false });
  #marks = "";
  #told = span("agui-played");
  #list = div("agui-turn-marks");

  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.start = iconButton("Play", "send", () => this.#do(this.#playing.playing ? "pause" : "play"));
    this.event = iconButton("Next event", "chevron", () => this.#do("event"));
    this.turn = iconButton("Next turn", "send", () => this.#do("turn"));
    this.turn.replaceChildren(drawing(STEP));
    this.back = iconButton("Previous turn", "send", () => this.#do("back"));
    this.back.replaceChildren(drawing(STEP));
    this.back.classList.add("agui-back");
    this.bar = h("input", { type: "range", class: "agui-scrubber", min: 0, "aria-label": "Position" });
    this.bar.addEventListener("input", () => this.#do("seek", Number(this.bar.value)));
    this.speed = h(
      "select",
      { class: "agui-speed", "aria-label": "Speed" },
      SPEEDS.map((each) => h("option", { value: each }, `${each}×`)),
    );
    this.speed.addEventListener("change", () => this.#do("speed", Number(this.speed.value)));
    this.leave = button("Back to the chat", () => this.#do("leave"), { kind: "plain" });
    this.node = h(
      "div",
      { class: "agui-player", role: "group", "aria-label": "Player" },
      div("agui-scrub", this.bar, this.#list),
      div(
        "agui-player-row",
        this.back,
        this.start,
        this.event,
        this.turn,
        this.speed,
        this.#told,
        span("agui-space"),
        this.leave,
      ),
    );
  }

  /** @param {string} what @param {number} [value] */
  #do(what, value = 0) {
    this.context.send({ kind: "play", do: what, value });
  }

  /** @param {Playing | undefined} playing */
  update(playing) {
    this.node.hidden = !playing;
    if (!playing) return;
    const { at, count, turns, speed, live } = (this.#playing = playing);
    const over = at >= count;
    this.bar.max = String(count);
    if (document.activeElement !== this.bar || playing.playing) this.bar.value = String(at);
    this.bar.setAttribute("aria-valuetext", `Event ${at} of ${count}`);
    this.speed.value = String(speed);
    this.start.setAttribute("aria-label", playing.playing ? "Pause" : over ? "Play again" : "Play");
    this.start.title = this.start.getAttribute("aria-label") ?? "";
    this.start.replaceChildren(drawing(playing.playing ? PAUSE : PLAY));
    this.event.disabled = this.turn.disabled = over;
    this.back.disabled = at === 0;
    this.leave.hidden = !live;
    const turn = turns.filter((place) => place < at || at === 0).length;
    setText(this.#told, over ? "The end" : `Turn ${Math.max(turn, 1)} of ${turns.length} · ${at} / ${count}`);
    this.#mark(turns, count);
  }

  /** @param {number[]} turns @param {number} count */
  #mark(turns, count) {
    const marks = `${turns}/${count}`;
    if (marks === this.#marks) return;
    this.#marks = marks;
    this.#list.replaceChildren(
      ...turns.map((place) => {
        const mark = span("agui-turn-mark");
        mark.style.insetInlineStart = `${(100 * place) / Math.max(count, 1)}%`;
        return mark;
      }),
    );
  }
}

/** @param {Context} context */
export function player(context) {
  const { store, root, signal } = context;
  const made = new Player(context);
  root.querySelector(".agui-composer")?.before(made.node);
  const look = () => made.update(store.view.player);
  store.watch("view", look, signal);
  look();
}
