// The one line above: who is talked to and how it is, the tabs, the thread's menu. Nothing else.
import { drawWhenSet } from "../document/store.js";
import { STATUS_WORDS, statusOf } from "../document/status.js";
import { div, drawing, h, icon, mintId, setText, span } from "../ui/dom.js";
import { many } from "../ui/format.js";
import { menuButton } from "./placeholders.js";
import { CHAT, TABS } from "./tabs.js";

/** @import { Context, Store } from "../types" */

/** In at most four characters, so that the tabs stand still. @param {number} count */
const short = (count) => (count < 10_000 ? count : `${Math.floor(count / 1000)}k`);

/**
 * What a run said that it used, if nothing in the name can be read as another one: the line below
 * the run shows any, marked. @param {Store} store
 */
function lastModel({ document }) {
  const name = document.runs.findLast(({ usage }) => usage?.at(-1)?.model)?.usage?.at(-1)?.model;
  return /^[ -~]+$/.test(name ?? "") ? name : undefined;
}

class Header {
  #dot = h("span", { class: "agui-status", "aria-hidden": "true" });
  #said = span("agui-off-screen");
  #name = span("agui-name");
  #about = span("agui-model");
  /** @type {Map<string, { button: HTMLButtonElement, count: HTMLElement }>} */
  #tabs = new Map();

  /** @param {Context} context @param {(tab: string) => void} enter */
  constructor(context, enter) {
    this.context = context;
    this.enter = enter;
    this.agents = menuButton(context, "Switch agent", "agui-agent", [
      this.#dot,
      this.#name,
      this.#said,
      this.#about,
      icon("down"),
    ]);
    this.menu = menuButton(context, "Thread menu", "agui-icon-button", [icon("more")]);
    const tabs = h(
      "div",
      {
        class: "agui-tabs",
        role: "tablist",
        "aria-label": "Views",
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#move(event),
      },
      [CHAT, ...TABS].map((tab) => this.#tab(tab)),
    );
    this.node = div("agui-header", this.agents.node, span("agui-space"), tabs, this.menu.node);
    drawWhenSet(context, this.#draw, ["runs", "interrupts", "messages"], "events");
  }

  /** @param {{ name: string, title: string, lines: string }} tab */
  #tab({ name, title, lines }) {
    const count = span("agui-count");
    const button = h(
      "button",
      {
        class: "agui-tab-button",
        role: "tab",
        id: mintId(),
        "aria-selected": String(name === "chat"),
        tabindex: name === "chat" ? 0 : -1,
        onclick: () => this.enter(name),
      },
      drawing(lines),
      span("", title),
      count,
    );
    this.#tabs.set(name, { button, count });
    return button;
  }

  /** @param {string} chosen */
  choose(chosen) {
    for (const [name, { button }] of this.#tabs) {
      button.setAttribute("aria-selected", String(name === chosen));
      button.tabIndex = name === chosen ? 0 : -1;
    }
  }

  /** @param {string} name */
  tabButton(name) {
    return this.#tabs.get(name)?.button;
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const names = [...this.#tabs.keys()];
    const at = names.findIndex((name) => this.#tabs.get(name)?.button === event.target);
    const name = names[(at + step + names.length) % names.length];
    this.enter(name);
    this.#tabs.get(name)?.button.focus();
    event.preventDefault();
  }

  #draw = () => {
    const { store } = this.context;
    const status = statusOf(store);
    const { agent, agents, tools } = store.view;
    const model = agent.model ?? lastModel(store);
    this.#dot.dataset.status = status;
    setText(this.#name, agent.shown || agent.name || "Agent");
    setText(this.#said, ` (${STATUS_WORDS[status]})`);
    setText(this.#about, [model, many(tools.length, "tool")].filter(Boolean).join(" · "));
    const { button } = this.agents;
    button.disabled = agents.length < 2;
    button.title = [
      agent.description,
      agent.url,
      model,
      tools.length && `Tools: ${tools.join(", ")}`,
      STATUS_WORDS[status],
    ]
      .filter(Boolean)
      .join("\n");
    button.removeAttribute("aria-label"); // its text says more: the name and how it is
    for (const { name, count } of TABS) {
      const number = count(store);
      setText(/** @type {HTMLElement} */ (this.#tabs.get(name)?.count), number ? ` ${short(number)}` : "");
    }
  };
}

/** @param {Context} context @param {(tab: string) => void} enter */
export const header = (context, enter) => new Header(context, enter);
