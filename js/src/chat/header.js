// The one line above: who is talked to and how it is, the tabs, the thread's menu. Nothing else.
import { drawWhenSet } from "../document/store.js";
import { STATUS_WORDS, statusOf } from "../document/status.js";
import { div, h, icon, mintId, setText, span } from "../ui/dom.js";
import { Menu, menuItem } from "../ui/menu.js";
import { threadItems } from "./placeholders.js";
import { TABS } from "./tabs.js";

/** @import { Context } from "../types" */

class Header {
  #dot = h("span", { class: "agui-status", "aria-hidden": "true" });
  #said = span("agui-off-screen");
  #name = span("agui-name");
  /** @type {Promise<HTMLElement[]> | null} */
  #more = null;
  /** @type {Map<string, { button: HTMLButtonElement, count: HTMLElement }>} */
  #tabs = new Map();

  /** @param {Context} context @param {(tab: string) => void} enter */
  constructor(context, enter) {
    this.context = context;
    this.enter = enter;
    const agents = new Menu({
      label: "Switch agent",
      kind: "agui-agent",
      face: [this.#dot, this.#name, this.#said, icon("down")],
      items: () => this.#agents(),
    });
    this.agents = agents;
    this.menu = new Menu({ label: "Thread menu", face: [icon("more")], items: () => this.#items() });
    const tabs = h(
      "div",
      {
        class: "agui-tabs",
        role: "tablist",
        "aria-label": "Views",
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#move(event),
      },
      [{ name: "chat", title: "Chat" }, ...TABS].map((tab) => this.#tab(tab)),
    );
    this.node = div("agui-header", agents.node, span("agui-space"), tabs, this.menu.node);
    drawWhenSet(context, this.#draw, ["runs", "interrupts", "messages"], "events");
  }

  /** @param {{ name: string, title: string }} tab */
  #tab({ name, title }) {
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
      title,
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

  #agents() {
    const { agent, agents } = this.context.store.view;
    return agents.map(({ name }) =>
      menuItem(name, () => this.context.send({ kind: "use", agent: name }), name === agent.name),
    );
  }

  #items() {
    this.#more ??= threadItems(this.context);
    this.#more.then(
      (items) => this.menu.list.append(...items),
      () => (this.#more = null),
    );
    const fresh = menuItem("New thread", () => this.context.send({ kind: "new_thread" }));
    return this.context.store.view.readonly ? [] : [fresh];
  }

  #draw = () => {
    const { store } = this.context;
    const status = statusOf(store);
    const { agent, agents } = store.view;
    this.#dot.dataset.status = status;
    setText(this.#name, agent.name || "Agent");
    setText(this.#said, ` (${STATUS_WORDS[status]})`);
    const { button } = this.agents;
    button.disabled = agents.length < 2;
    button.title = [agent.description, agent.url, STATUS_WORDS[status]].filter(Boolean).join("\n");
    button.removeAttribute("aria-label"); // its text says more: the name and how it is
    for (const { name, count } of TABS) {
      const number = count(store);
      setText(/** @type {HTMLElement} */ (this.#tabs.get(name)?.count), number ? ` ${number}` : "");
    }
  };
}

/** @param {Context} context @param {(tab: string) => void} enter */
export const header = (context, enter) => new Header(context, enter);
