// Where the user writes: Enter sends, Shift+Enter breaks the line, arrow-up brings earlier prompts
// back, Escape stops a run (and never answers anything). Files are attachments.js's business.
import { statusOf } from "../document/status.js";
import { drawWhenSet } from "../document/store.js";
import { iconButton } from "../ui/buttons.js";
import { isComposing } from "../ui/composition.js";
import { div, h } from "../ui/dom.js";
import { messageFiles } from "./placeholders.js";
import { promptsOf } from "./prompt_history.js";

/** @import { Context, Part } from "../types" */

/** @type {Record<string, string>} */
const HINTS = {
  dead: "The kernel is gone",
  loading: "Connecting to the kernel…",
  running: "Write the next message…",
  waiting: "Answer the request above first",
};

const AT_FIRST = 6; // suggestions

class Composer {
  #past = -1; // how far back in the prompts; -1: the user's own text
  #draft = "";
  #offered = false; // suggestions, in a thread that is not empty

  /** @param {Context} context @param {() => void} sent */
  constructor(context, sent) {
    this.context = context;
    this.sent = sent;
    this.files = messageFiles(context, () => this.#draw());
    this.area = h("textarea", {
      class: "agui-message",
      "aria-label": "Message",
      rows: 1,
      autocomplete: "off",
    });
    this.ideas = iconButton("Suggestions", "idea", () => this.#offer(!this.#offered));
    this.attach = iconButton("Attach files", "attach", () => this.files.choose());
    this.send = iconButton("Send", "send", () => this.#send());
    this.stop = iconButton("Stop", "stop", () => context.send({ kind: "stop" }));
    this.send.classList.add("agui-send");
    this.stop.classList.add("agui-stop");
    this.chips = h("div", { class: "agui-suggestions", role: "group", "aria-label": "Suggestions" });
    this.field = div("agui-field", this.attach, this.ideas, this.area, this.send, this.stop);
    this.node = div("agui-composer", this.chips, this.files.node, this.field);
    this.#listen();
    drawWhenSet(context, this.#draw, ["runs", "interrupts", "messages"]);
  }

  #listen() {
    this.area.addEventListener("keydown", (event) => this.#key(event));
    this.area.addEventListener("input", () => this.#typed());
    this.area.addEventListener("paste", (event) => this.#paste(event));
  }

  focus() {
    this.area.focus({ preventScroll: true });
  }

  /** Spreadsheets and word processors add a picture of what is text. @param {ClipboardEvent} event */
  #paste({ clipboardData }) {
    const { types = [] } = clipboardData ?? {};
    if (!types.includes("text/html") || !types.includes("text/plain")) this.take(clipboardData);
  }

  /** @param {DataTransfer | null} transfer */
  take(transfer) {
    if (!this.attach.hidden) this.files.take(transfer);
  }

  #typed() {
    this.#past = -1;
    this.#draw();
    grow(this.area);
    if (this.area.value.includes("@")) this.files.choose(this.area); // a variable, maybe
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (isComposing(event)) return;
    const handled =
      (event.key === "Enter" && !event.shiftKey && this.#send()) ||
      (event.key === "Escape" && this.#stop()) ||
      (event.key === "ArrowUp" && this.#recall(1)) ||
      (event.key === "ArrowDown" && this.#recall(-1));
    if (handled) event.preventDefault();
  }

  #stop() {
    if (statusOf(this.context.store) !== "running") return false;
    this.context.send({ kind: "stop" });
    return true;
  }

  /** Only from an empty field, or while going through earlier prompts. @param {1 | -1} step */
  #recall(step) {
    const prompts = promptsOf(this.context.store.document.messages);
    const own = this.#past < 0;
    if (own && (step < 0 || this.area.value !== "")) return false;
    const at = Math.min(prompts.length - 1, this.#past + step);
    if (own) this.#draft = this.area.value;
    this.#past = at;
    this.area.value = at < 0 ? this.#draft : prompts[at];
    this.area.setSelectionRange(this.area.value.length, this.area.value.length);
    this.#draw();
    grow(this.area);
    return true;
  }

  get #ready() {
    const status = statusOf(this.context.store);
    return (status === "idle" || status === "error") && !this.context.store.view.readonly;
  }

  #send() {
    const text = this.area.value.trim();
    const files = this.files.parts();
    const question = this.context.root.querySelector(".agui-interrupts:not([hidden])");
    question?.dispatchEvent(new Event("agui-look")); // it has to be answered first
    if (!this.#ready || (!text && !files.length)) return true; // Enter never adds a line by itself
    this.area.value = "";
    this.#say(text, files, this.files.clear());
    this.#typed();
    return true;
  }

  /** @param {string} text @param {Part[]} files @param {() => void} [putBack]  the files */
  #say(text, files, putBack) {
    const { send, store, notice } = this.context;
    const parts = [...(text ? [{ type: /** @type {const} */ ("text"), text }] : []), ...files];
    store.expect(files.length ? parts : text, (why) => {
      this.area.value = [text, this.area.value].filter(Boolean).join("\n");
      putBack?.();
      this.#typed();
      if (why) notice(why, "error");
    });
    send(files.length ? { kind: "send", parts } : { kind: "send", text });
    this.sent();
  }

  /** @param {string} text */
  #suggest(text) {
    if (!this.#ready || this.context.store.sent.length) return;
    this.#offered = false;
    this.#say(text, []);
  }

  /** @param {boolean} on */
  #offer(on) {
    this.#offered = on;
    this.#draw();
  }

  /** Some at first, all that are left when asked for. @param {string[] | undefined} all @param {boolean} empty */
  #drawIdeas(all = [], empty) {
    const used = new Set(promptsOf(this.context.store.document.messages));
    const left = all.filter((idea) => !used.has(idea));
    const shown = empty ? left.slice(0, AT_FIRST) : left;
    this.ideas.hidden = empty || !left.length;
    this.ideas.setAttribute("aria-expanded", String(this.#offered));
    this.chips.hidden = !shown.length || !(empty || this.#offered);
    if (this.chips.dataset.shown === shown.join("\n")) return;
    this.chips.dataset.shown = shown.join("\n");
    this.chips.replaceChildren(
      ...shown.map((idea) => h("button", { class: "agui-chip", onclick: () => this.#suggest(idea) }, idea)),
    );
  }

  #draw = () => {
    const { store } = this.context;
    const status = statusOf(store);
    const { readonly, agent } = store.view;
    const running = status === "running";
    this.node.hidden = readonly;
    this.area.placeholder = HINTS[status] ?? "Message";
    this.area.disabled = status === "dead" || status === "loading";
    this.attach.disabled = this.area.disabled;
    this.attach.hidden = agent.files === false;
    this.send.hidden = running;
    this.stop.hidden = !running;
    this.send.disabled = !this.#ready || !(this.area.value.trim() || this.files.parts().length);
    const empty = !store.document.messages.length && !store.sent.length;
    if (status !== "loading") this.#drawIdeas(agent.suggestions, empty);
  };
}

/** Where CSS cannot make a field follow its text. @param {HTMLTextAreaElement} area */
function grow(area) {
  if (globalThis.CSS?.supports?.("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}

/** @param {Context} context @param {() => void} sent */
export const composer = (context, sent) => new Composer(context, sent);
