// The smallest host that the loader runs in: a model whose messages the test or the developer sends.
// In the page, `host.open()` makes a widget, `host.receive(message, buffers)` plays the kernel,
// `host.sent` is what the widget said. `host.modules` maps a module's name to its bytes.

class FakeModel {
  /** @param {Record<string, any>} state */
  constructor(state) {
    this.state = state;
    this.listeners = [];
    this.sent = [];
  }
  get(name) {
    return this.state[name];
  }
  set(name, value) {
    this.state[name] = value;
    this.trigger(`change:${name}`);
  }
  save_changes() {}
  on(name, listener) {
    this.listeners.push({ name, listener });
  }
  off(name, listener) {
    this.listeners = this.listeners.filter((one) => one.name !== name || one.listener !== listener);
  }
  send(content) {
    this.sent.push(structuredClone(content));
    if (content.kind === "bundle") host.give(this, content.name);
    host.heard?.(content);
  }
  /** @param {string} name @param {...any} given */
  trigger(name, ...given) {
    for (const one of this.listeners.slice()) if (one.name === name) one.listener(...given);
  }
}

const host = (globalThis.host = {
  modules: {},
  sent: [],
  withhold: new Set(),
  hash: "1",
  opened: 0,
  /** The module's bytes, as the kernel sends them. */
  give(model, name) {
    const text = this.modules[name];
    if (text === undefined || this.withhold.has(name)) return;
    const bytes = new DataView(new TextEncoder().encode(text).buffer);
    queueMicrotask(() => model.trigger("msg:custom", { kind: "bundle", name, hash: this.hash }, [bytes]));
  },
  /** A widget in `place`: initialize, the kernel's push, one view. */
  async open({ push = true, place = document.getElementById("place") } = {}) {
    this.loader ??= (
      await import(URL.createObjectURL(new Blob([this.modules.loader], { type: "text/javascript" })))
    ).default;
    const model = new FakeModel({ _hash: this.hash, _key: String((this.opened += 1)) });
    const life = new AbortController();
    this.loader.initialize({ model, signal: life.signal });
    if (push) this.give(model, "widget");
    Object.assign(this, { model, life, sent: model.sent, seq: 0 });
    this.view(place);
    return model;
  },
  /** One more view of the same model. */
  view(place, model = this.model) {
    const el = document.createElement("div");
    place.append(el);
    const life = new AbortController();
    this.loader.render({ model, el, signal: life.signal });
    return { el, close: () => (life.abort(), el.remove()) };
  },
  receive(message, buffers = []) {
    this.model.trigger("msg:custom", message, buffers);
  },
  snapshot(document, view = {}) {
    this.seq = 0;
    const around = {
      agent: { name: "demo" },
      agents: [{ name: "demo" }],
      tools: [],
      readonly: false,
      eventCount: 0,
      version: "0",
      ...view,
    };
    this.receive({ kind: "snapshot", seq: 0, document, view: around });
  },
  ops(ops, eventCount) {
    this.receive({ kind: "ops", seq: (this.seq += 1), ops, eventCount });
  },
});
