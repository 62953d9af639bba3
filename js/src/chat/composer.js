// Where the user writes: Enter sends, Shift+Enter breaks the line, arrow-up brings earlier prompts
// back, Escape stops a run (and never answers anything). Files are attachments.js's business.
import { statusOf } from "../document/status.js";
import { drawWhenSet } from "../document/store.js";
import { iconButton } from "../ui/buttons.js";
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

class Composer {
  #past = -1; // how far back in the prompts; -1: the user's own text
  #draft = "";

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
    this.attach = iconButton("Attach files", "attach", () => this.files.choose());
    this.send = iconButton("Send", "send", () => this.#send());
    this.stop = iconButton("Stop", "stop", () => context.send({ kind: "stop" }));
    this.send.classList.add("agui-send");
    this.stop.classList.add("agui-stop");
    this.chips = h("div", { class: "agui-suggestions", role: "group", "aria-label": "Suggestions" });
    this.field = div("agui-field", this.attach, this.area, this.send, this.stop);
    this.node = div("agui-composer", this.chips, this.files.node, this.field);
    this.#listen();
    drawWhenSet(context, this.#draw, ["runs", "interrupts", "messages"]);
  }

  #listen() {
    this.area.addEventListener("keydown", (event) => this.#key(event));
    this.area.addEventListener("input", () => this.#typed());
    this.area.addEventListener("paste", ({ clipboardData }) => this.files.take(clipboardData));
  }

  focus() {
    this.area.focus({ preventScroll: true });
  }

  /** @param {DataTransfer | null} transfer */
  take(transfer) {
    this.files.take(transfer);
  }

  #typed() {
    this.#past = -1;
    this.#draw();
    grow(this.area);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return; // the key belongs to the input method
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
    if (!this.#ready) return;
    this.#say(text, []);
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
    this.send.hidden = running;
    this.stop.hidden = !running;
    this.send.disabled = !this.#ready || !(this.area.value.trim() || this.files.parts().length);
    const ideas =
      !store.document.messages.length && !store.sent.length && status !== "loading"
        ? (agent.suggestions ?? [])
        : [];
    const shown = this.chips.childElementCount
      ? [...this.chips.children].map((chip) => chip.textContent)
      : [];
    if (ideas.join("\n") !== shown.join("\n"))
      this.chips.replaceChildren(
        ...ideas.map((idea) => h("button", { class: "agui-chip", onclick: () => this.#suggest(idea) }, idea)),
      );
    this.chips.hidden = !ideas.length;
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
