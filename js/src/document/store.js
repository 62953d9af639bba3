// The browser's copy of one conversation and of what surrounds it, and who wants to know of which
// changes. One per model, shared by all its views. Nothing here knows the comm or draws.
import { apply, touches } from "./operations.js";
import { Pending } from "./pending.js";

/** @typedef {"view" | "connection" | "events"} Topic */
/** @import { Connection, Context, Conversation, Operation, Path, Store, Surroundings } from "../types" */

/** @returns {Conversation} */
export const emptyDocument = () => ({
  threadId: "",
  messages: [],
  state: {},
  interrupts: [],
  questions: [],
  runs: [],
  items: {},
  outputs: {},
  warnings: [],
});

/** @returns {Surroundings} */
const emptySurroundings = () => ({
  agent: { name: "" },
  agents: [],
  tools: [],
  readonly: false,
  eventCount: 0,
  version: "",
});

/** A set of listeners that end with their signal; one that throws does not stop the others. */
class Listeners {
  /** @type {Set<{ path: Path, listener: (operation: any) => void }>} */
  #entries = new Set();

  /** @param {Path} path @param {(operation: any) => void} listener @param {AbortSignal} signal */
  add(path, listener, signal) {
    if (signal.aborted) return;
    const entry = { path, listener };
    this.#entries.add(entry);
    signal.addEventListener("abort", () => this.#entries.delete(entry), { once: true });
  }

  /** @param {Path} path @param {Operation | undefined} operation */
  tell(path, operation) {
    for (const entry of this.#entries) {
      if (!touches(entry.path, path)) continue;
      try {
        entry.listener(operation);
      } catch (error) {
        console.error(error);
      }
    }
  }
}

/** @implements {Store} */
export class ConversationStore {
  document = emptyDocument();
  view = emptySurroundings();
  /** @type {Connection} */
  connection = "loading";
  #sending = new Pending();
  #changes = new Listeners();
  #topics = { view: new Listeners(), connection: new Listeners(), events: new Listeners() };

  /** @param {Path} path @param {(operation: Operation) => void} listener @param {AbortSignal} signal */
  subscribe(path, listener, signal) {
    this.#changes.add(path, listener, signal);
  }

  /** @param {Topic} topic @param {() => void} listener @param {AbortSignal} signal */
  watch(topic, listener, signal) {
    this.#topics[topic].add([], listener, signal);
  }

  get sent() {
    return this.#sending.all.map((one) => one.message);
  }

  /**
   * What was just sent stands at the end until it comes; else it is given back.
   * @param {any} content @param {(why: string) => void} takeBack
   */
  expect(content, takeBack) {
    this.#sending.add(this.document, content, takeBack);
    this.#tellOfSent();
  }

  #tellOfSent() {
    const end = ["messages", this.document.messages.length];
    this.#changes.tell(end, ["set", end, undefined]); // as if one had come or gone at the end
  }

  /** Carries the operations out one by one and tells of each. @param {Operation[]} operations */
  apply(operations) {
    for (const operation of operations) {
      apply(this.document, operation);
      this.#changes.tell(operation[1], operation);
    }
    this.#sending.look(this.document);
  }

  /** Takes over a snapshot: everybody is told of a set at the root. @param {Conversation} document */
  replace(document) {
    this.document = { ...emptyDocument(), ...document };
    this.#sending.look(this.document);
    this.#changes.tell([], ["set", [], this.document]);
  }

  /** @param {Partial<Surroundings>} changed */
  surround(changed) {
    this.view = { ...this.view, ...changed };
    this.#topics.view.tell([], undefined);
    this.#topics.events.tell([], undefined);
  }

  /**
   * How many events there were; changes too often to count as a change of what surrounds.
   * @param {number} events
   */
  count(events) {
    this.view.eventCount = events;
    this.#topics.events.tell([], undefined);
  }

  /** @param {Connection} connection */
  connect(connection) {
    if (connection === this.connection) return;
    this.connection = connection;
    if (connection === "dead") {
      this.#sending.giveUp();
      this.#tellOfSent();
    }
    this.#topics.connection.tell([], undefined);
  }
}

/**
 * Draws now, and again when something was set at one of the paths or when a topic changed; not while
 * a text only grows.
 * @param {Pick<Context, "store" | "frames" | "signal">} context @param {() => void} draw
 * @param {(keyof Conversation)[]} paths @param {Topic[]} more  besides the view and the connection
 */
export function drawWhenSet({ store, frames, signal }, draw, paths, ...more) {
  const wake = () => frames.request(draw);
  for (const path of paths) store.subscribe([path], ([word]) => word === "set" && wake(), signal);
  /** @type {Topic[]} */
  const topics = ["view", "connection", ...more];
  for (const topic of topics) store.watch(topic, wake, signal);
  draw();
}
