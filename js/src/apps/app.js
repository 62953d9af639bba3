// One app: its page in a frame, what it may ask for, and what of it the user is asked about first.
// It speaks JSON-RPC by messages; it can show itself, tell its size and offer something to say.
import { button, faint } from "../ui/buttons.js";
import { h } from "../ui/dom.js";
import { visible } from "../ui/visible.js";
import { framePage, NOWHERE } from "./frame_page.js";

/** @import { Context, View } from "../types" */
/** @import { Reach } from "./frame_page.js" */
/** @typedef {{ id: string, uri: string, html: string, wants: Reach, given: object, result: object }} Told */

const PROTOCOL = "2026-01-26";
const HEIGHTS = [40, 600]; // pixels that an app may ask for
const MOST = 300; // messages ...
const WINDOW = 10_000; // ... in so many milliseconds; more is no conversation
const LONGEST = 2_000; // characters that it may offer to say
const REFUSED = { code: -32601, message: "This is not offered to apps here." };
const DENIED = { code: -32000, message: "The user declined." };
const BUSY = { code: -32000, message: "The user is still being asked." };

class App {
  #frame = /** @type {HTMLIFrameElement | null} */ (null);
  #body = h("div", {});
  #asks = h("div", { class: "agui-app-asks", role: "group", "aria-label": "The app asks" });
  #asking = false;
  #count = 0;
  #since = 0;
  #ready = false;

  /** @param {Context} context @param {Told} told */
  constructor(context, told) {
    this.context = context;
    this.told = told;
    const wanted = [...new Set([...told.wants.connect, ...told.wants.load])];
    const load = () => {
      allow.remove();
      this.#load(told.wants);
    };
    const allow = button("Allow", load, { kind: "plain" });
    this.node = h(
      "div",
      { class: "agui-app", role: "group", "aria-label": "App of the agent" },
      h(
        "div",
        { class: "agui-app-head" },
        faint(`App of the agent: ${visible(told.uri)}`),
        ...(wanted.length ? [faint(`It would like to reach ${wanted.join(", ")}.`), allow] : []),
      ),
      this.#body,
      this.#asks,
    );
    globalThis.addEventListener("message", (event) => this.#hear(event), { signal: context.signal });
    this.#load(NOWHERE);
  }

  /** @param {Reach} reach */
  #load(reach) {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.setAttribute("referrerpolicy", "no-referrer");
    frame.title = "App of the agent";
    frame.setAttribute("srcdoc", framePage(this.told.html, reach));
    this.#frame = frame;
    this.#ready = false;
    this.#body.replaceChildren(frame);
  }

  /** @param {MessageEvent} event */
  #hear({ source, data }) {
    if (!this.#frame || source !== this.#frame.contentWindow) return;
    const now = Date.now();
    if (now - this.#since > WINDOW) [this.#since, this.#count] = [now, 0];
    this.#count += 1;
    if (this.#count > MOST) return this.#end();
    if (data?.jsonrpc !== "2.0" || typeof data.method !== "string") return;
    if (["string", "number"].includes(typeof data.id)) this.#answer(data);
    else this.#note(data.method, data.params);
  }

  #end() {
    this.#frame = null;
    this.#asks.replaceChildren();
    this.#body.replaceChildren(faint("The app sent more than anybody could follow; it was ended."));
  }

  /** @param {object} message */
  #post(message) {
    this.#frame?.contentWindow?.postMessage({ jsonrpc: "2.0", ...message }, "*");
  }

  /** @param {{ id: string | number, method: string, params?: any }} request */
  #answer({ id, method, params }) {
    if (method === "ui/initialize") this.#post({ id, result: this.#greeting() });
    else if (method === "ping") this.#post({ id, result: {} });
    else if (method === "ui/request-display-mode") this.#post({ id, result: { mode: "inline" } });
    else if (method === "ui/message") this.#offer(id, params);
    else this.#post({ id, error: REFUSED });
  }

  #greeting() {
    const dark = getComputedStyle(this.context.root).colorScheme.includes("dark");
    return {
      protocolVersion: PROTOCOL,
      hostInfo: { name: "agui_notebook", version: "1" },
      hostCapabilities: {},
      hostContext: {
        theme: dark ? "dark" : "light",
        displayMode: "inline",
        availableDisplayModes: ["inline"],
        containerDimensions: { maxHeight: HEIGHTS[1] },
        platform: "web",
      },
    };
  }

  /** @param {string} method @param {any} params */
  #note(method, params) {
    if (method === "ui/notifications/initialized" && !this.#ready) {
      this.#ready = true;
      this.#post({ method: "ui/notifications/tool-input", params: { arguments: this.told.given } });
      this.#post({ method: "ui/notifications/tool-result", params: this.told.result });
    } else if (method === "ui/notifications/size-changed" && Number.isFinite(params?.height) && this.#frame) {
      const [least, most] = HEIGHTS;
      this.#frame.style.height = `${Math.min(most, Math.max(least, Math.ceil(params.height)))}px`;
    }
  }

  /** The app would say something in the user's name: never without a press. @param {string | number} id @param {any} params */
  #offer(id, params) {
    const parts = [params?.content].flat();
    const text = parts
      .map((part) => (typeof part?.text === "string" ? part.text : ""))
      .join("\n")
      .trim();
    if (this.#asking) return this.#post({ id, error: BUSY });
    if (!text || text.length > LONGEST) return this.#post({ id, error: REFUSED });
    this.#asking = true;
    /** @param {object} answer */
    const settle = (answer) => {
      this.#asking = false;
      this.#asks.replaceChildren();
      this.#post({ id, ...answer });
    };
    const send = () => {
      this.context.send({ kind: "send", text });
      settle({ result: {} });
    };
    this.#asks.replaceChildren(
      faint("The app would like to say this in your name:"),
      h("pre", { class: "agui-text-output", tabindex: "0" }, visible(text)),
      h(
        "div",
        { class: "agui-toolbar" },
        button("Send it", send, { kind: "plain" }),
        button("No", () => settle({ error: DENIED }), { kind: "plain" }),
      ),
    );
  }
}

/** @param {Context} context @param {Told} told @returns {View} */
export const app = (context, told) => new App(context, told);
