// The shapes that cross the comm, and the document both sides hold (twin of the Python
// protocol/document/shape.py). Types only; nothing here runs.

import type { Interrupt, Message, Part, ResumeEntry, Usage } from "./wire";

export type { EventType, Interrupt, Message, Part, ResumeEntry, Source, ToolCall, Usage } from "./wire";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Path = (string | number)[];
export type Operation = ["set", Path, any] | ["append", Path, string];

/** What an interrupt asks; schemas and arguments are JSON as it was written. */
export interface Question {
  id: string;
  kind: "approval" | "yes_no" | "form";
  text: string;
  actions: { name: string; args: string; edits: string | null }[];
  rest: string | null;
  secret: boolean;
  /** Of all that is shown; a decision names it. */
  fingerprint: string;
}

/** What the user decided; edits (a list of the changes of each action, or null) and value are JSON texts. */
export interface Decision {
  interruptId: string;
  verb: "approve" | "deny" | "answer" | "abandon";
  /** Of the question as it was shown. */
  fingerprint: string;
  edits?: string;
  value?: string;
  reason?: string;
  /** Ask no more before this tool runs, in this session. */
  always?: boolean;
}

/** An answer in words. */
export interface AnswerText {
  interruptId: string;
  asked: string;
  said: string;
  declined: boolean;
  /** What the user changed of a call. */
  changes?: { name: string; before: string; after: string }[];
}

export interface Step {
  stepName: string;
  status: "running" | "done" | "abandoned";
  startedAt?: number;
  endedAt?: number;
  subagentRunId?: string;
}

export interface Subagent {
  subagentRunId: string;
  name: string;
  description?: string;
  parentSubagentRunId?: string;
  parentToolCallId?: string;
  parentMessageId?: string;
  status: "running" | "success" | "suspended" | "error" | "abandoned";
  result?: any;
  message?: string;
  startedAt?: number;
  endedAt?: number;
}

export interface Run {
  runId: string;
  after: string | null;
  kept?: string; // what a server calls it that lets it go on without us
  status: "running" | "success" | "interrupt" | "cancelled" | "error" | "incomplete" | "left";
  startedAt?: number;
  endedAt?: number;
  /** `advice` says what to do, `again` whether the same once more may help. */
  error?: { message: string; code?: string; trace?: Frame[]; advice?: string; again?: boolean };
  usage?: Usage[];
  result?: any;
  pendingToolCallIds?: string[];
  /** What was asked behind it, the ids of what the kernel asked, and the answers this run went on with. */
  interrupts?: Interrupt[];
  askedHere?: string[];
  resume?: ResumeEntry[];
  answers?: AnswerText[];
  steps?: Step[];
  subagents?: Subagent[];
}

export interface Item {
  status: "open" | "called" | "done";
  startedAt?: number;
  endedAt?: number;
  by?: "agent" | "notebook";
  trace?: Frame[];
}

/** A line of the user's own code in which something failed; `cell` names the cell it is in. */
export interface Frame {
  place: string;
  line: number;
  name: string;
  code: string;
  cell?: string;
}

export interface Warning {
  message: string;
  at?: number;
  runId?: string;
}

export type MimeBundle = Record<string, any>;
/** What a tool of the notebook's showed: one thing, or several in order. */
export type Output = MimeBundle | MimeBundle[];

/** One conversation. Times are milliseconds since the epoch. */
export interface Conversation {
  threadId: string;
  messages: Message[];
  state: any;
  interrupts: Interrupt[];
  /** One for each interrupt, in the same order. */
  questions: Question[];
  runs: Run[];
  items: Record<string, Item>;
  outputs: Record<string, Output>;
  warnings: Warning[];
}

/** What surrounds the conversation: whom we talk to and what is on offer. */
export interface Surroundings {
  agent: {
    name: string;
    /** The name with marks, where something in it hides. */
    shown?: string;
    url?: string;
    description?: string;
    suggestions?: string[];
    /** Which model answers, where that was said. */
    model?: string;
    /** Why it cannot be reached; what it declares that it can; false where it takes no files. */
    problem?: string;
    can?: string;
    files?: boolean;
  };
  /** How each chat of this kernel is, as it was when it was told. */
  agents: { name: string; status?: "idle" | "running" | "waiting" | "error" }[];
  tools: string[];
  /** Tools that were allowed for this session, and are not asked about. */
  allowed?: string[];
  readonly: boolean;
  running?: boolean;
  eventCount: number;
  version: string;
  /** Whether the module `threads` has something to show. */
  extra?: boolean;
  threads?: Threads;
  player?: Playing;
}

/** A conversation that is kept; `changed` in ms since the epoch. */
export interface StoredThread {
  key: string;
  title: string;
  agent: string;
  changed: number;
  messages: number;
  pinned: boolean;
}

/** The versions of a turn: which is shown, counted from 0, and the branch of each. */
export interface TurnVersions {
  mid: string;
  shown: number;
  branches: number[];
}

/** What is kept of conversations, can be continued, and was set aside. */
export interface Threads {
  kept: boolean;
  earlier: StoredThread[];
  branches: TurnVersions[];
  aside: { number: number; turns: number } | null;
  problem?: string;
}

/** A recording while it plays: after so many of its events, where its turns begin. */
export interface Playing {
  at: number;
  count: number;
  turns: number[];
  playing: boolean;
  speed: number;
  /** Whether there is a chat to go back to. */
  live: boolean;
}

/** A request as it went out, or one frame of what answered it. */
export interface WireItem {
  kind: "request" | "frame";
  runId: string;
  at: number;
  size: number;
  body?: string;
  type?: string;
  text?: string;
  verdict?: "taken" | "mended" | "passed over" | "refused";
  why?: string;
  /** Key of the item it went into. */
  place?: string;
}

/** What is known of a request by now; times in ms since it began. */
export interface WireFact {
  runId: string;
  method: string;
  url: string;
  status: number | null;
  sent: [string, string][];
  received: [string, string][];
  bytes: number;
  lost: number;
  headers: number | null;
  first: number | null;
  token: number | null;
  end: number | null;
  fault: string;
}

export interface EventRecord {
  at: number;
  runId: string;
  event: Record<string, any>;
}

/**
 * loading: no snapshot yet. live. silent: a command is unanswered. queued: a Stop waits for the running
 * cell. dead: the kernel is gone.
 */
export type Connection = "loading" | "live" | "silent" | "queued" | "dead";

export type Command =
  | { kind: "hello"; page: string }
  | { kind: "sync"; lost?: boolean }
  | { kind: "bundle"; name: string; hash?: string }
  | { kind: "send"; text: string }
  | { kind: "send"; parts: Part[] }
  | { kind: "stop" }
  | { kind: "look" }
  | { kind: "around" }
  | { kind: "retry" }
  | { kind: "edit"; mid: string; text: string }
  | { kind: "new_thread" }
  | { kind: "use"; agent: string }
  | { kind: "resume"; decisions: Decision[] }
  | { kind: "press"; place: string; surface: string; component: string; context: Record<string, unknown> }
  | { kind: "revoke"; tool: string }
  | { kind: "set_state"; value: any }
  | { kind: "events_open"; from: number }
  | { kind: "events_close" }
  | { kind: "wire_open"; from: number }
  | { kind: "wire_close" }
  | { kind: "bug_report" }
  | { kind: "export"; format: "markdown" | "jsonl" | "cell" }
  | { kind: "make_test" }
  | { kind: "export_thread"; key: string; format: string }
  | { kind: "open"; key: string }
  | { kind: "undo"; number: number }
  | { kind: "branch"; number: number }
  | { kind: "threads"; search: string }
  | { kind: "rename"; key: string; title: string }
  | { kind: "pin"; key: string; pinned: boolean }
  | { kind: "delete"; key: string; deleted: boolean }
  | { kind: "play"; do: string; value: number }
  | { kind: "variables" }
  | { kind: "variable"; name: string }
  | { kind: "cells"; rid: string; value: any };

/** From the kernel; `bundle`, `snapshot`, `ops` and `view` are dealt with in kernel.js. */
export type Report =
  | { kind: "bundle"; name: string; hash: string }
  | { kind: "snapshot"; seq: number; document: Conversation; view: Surroundings }
  | { kind: "ops"; seq: number; ops: Operation[]; running?: boolean; eventCount?: number }
  | { kind: "view"; seq: number; view: Surroundings }
  | { kind: "events"; from: number; total: number; items: EventRecord[] }
  | { kind: "wire"; from: number; items: WireItem[]; facts: WireFact[] }
  | { kind: "exported"; format: string; name: string; text: string }
  | { kind: "threads"; search: string; threads: StoredThread[]; current: string }
  | { kind: "saved"; bundle: MimeBundle }
  /** Name, kind and size of each. */
  | { kind: "variables"; variables: [string, string, string][] }
  | { kind: "variable"; name: string; parts: Part[]; fault: string }
  | {
      kind: "cells";
      rid: string;
      /** Of the page that is to do it. */
      page: string;
      do: "insert" | "replace" | "read" | "run" | "stop";
      source?: string;
      type?: "code" | "markdown";
      after?: string;
      cell?: string;
      first?: number;
      last?: number;
      seconds?: number;
    }
  | { kind: "notice"; level: "info" | "error"; text: string };

/** The part of anywidget's model that we use. */
export interface Model {
  get(name: string): any;
  /** The host's own; how far one gets with it differs from host to host. */
  widget_manager?: any;
  set?(name: string, value: any): void;
  save_changes?(): void;
  send(content: any, callbacks?: any, buffers?: ArrayBuffer[]): void;
  on(name: string, listener: (...args: any[]) => void): void;
  off(name: string, listener: (...args: any[]) => void): void;
}

export interface Store {
  readonly document: Conversation;
  readonly view: Surroundings;
  readonly connection: Connection;
  /** User messages that are not in the document yet. */
  readonly sent: Message[];
  /** Shows a message before the kernel brings it; `takeBack` gets it when it was refused, and why. */
  expect(content: any, takeBack: (why: string) => void): void;
  /**
   * Calls `listener` after each operation at, above or below `path`, at once and in order.
   * A listener should note what is due and ask `frames` for a turn, not draw.
   */
  subscribe(path: Path, listener: (operation: Operation) => void, signal: AbortSignal): void;
  /** Calls `listener` when what surrounds the conversation changed; `events`: view.eventCount. */
  watch(topic: "view" | "connection" | "events", listener: () => void, signal: AbortSignal): void;
}

/** Work put off to the next animation frame; a job asked for twice runs once. */
export interface Frames {
  /** `job` returns true when it has more to do and wants the next frame as well. */
  request(job: () => boolean | void): void;
}

/** Leads to a row of the transcript: `find` gives its element by the row's key. */
export type Lead = (
  find: (key: string) => HTMLElement | undefined,
  end: { scroller: HTMLElement; leave(): void },
) => void;

/** What every view is given. */
export interface Context {
  store: Store;
  frames: Frames;
  /** Ends when this view of the widget goes away; hand it to every listener. */
  signal: AbortSignal;
  /** Sends a command to the kernel. */
  send(command: Command): void;
  /** Reports that are not part of the document: "events", "exported", "notice". */
  on<K extends "events" | "exported" | "notice" | "threads" | "variable" | "variables" | "wire">(
    kind: K,
    listener: (report: Extract<Report, { kind: K }>) => void,
    signal?: AbortSignal,
  ): void;
  /** An optional module, asked of the kernel once per page. */
  module(
    name:
      | "details"
      | "forms"
      | "inspector"
      | "threads"
      | "surfaces"
      | "apps"
      | "cells"
      | "data"
      | "long"
      | "highlight"
      | "math",
  ): Promise<any>;
  /** Enters a tab, at a place of its own (`View.show`). */
  enter(tab: "chat" | "state" | "events", place?: any): void;
  /** One line below the header that goes away by itself (an error stays until closed). */
  notice(text: string, level?: "info" | "error"): void;
  /** Says a finished thing to assistive technology, once. */
  announce(text: string): void;
  /** A finished text as Markdown, for the modules that do not carry the Markdown themselves. */
  markdown(text: string): HTMLElement;
  /** The widget's model; what a host's own manager can do is asked of it. */
  model: Model;
  /** A text that grows, as Markdown, for them as well. */
  written(): import("./chat/rows/streamed_text.js").StreamedText;
  /** The element with class `agui`; menus and drops are measured against it. */
  root: HTMLElement;
}

/** One place in the transcript, keyed as the document keys its items. */
export interface Row {
  key: string;
  kind:
    "user" | "answer" | "reasoning" | "call" | "activity" | "note" | "steps" | "drawn" | "end" | "subagent";
  /** Position of the message in document.messages. */
  at?: number;
  /** Position of the call in the message's toolCalls. */
  call?: number;
  /** Position of the run in document.runs. */
  run?: number;
  subagent?: string;
  children?: Row[];
}

/** A row on the page. */
export interface RowView {
  node: HTMLElement;
  /** The row's place in the document may be another now, and what stands there too. */
  update(row: Row): void;
  /** Text was appended to what the row shows. */
  append?(text: string): void;
  /** Once a second while `ticking` is true. */
  tick?(now: number): void;
  ticking?: boolean;
  /** Where the rows below it go. */
  body?: HTMLElement;
}

/**
 * A piece of the page, made by a function `view(context, ...subject)`. It makes its elements with `h` of
 * ui/dom.js (no innerHTML, no id or name from an agent), subscribes to the paths of the store it draws,
 * hands `context.signal` to every listener, notes in a listener only what is due, and draws in
 * `context.frames.request(job)`. A job that is asked for twice runs once, so make it a constant of the
 * view. Styles: a sheet beside the view, imported by the sheet of its module (widget.css, details.css,
 * inspector.css), colours and sizes only through the variables of ui/base.css.
 *
 * A row of the transcript is a RowView and stands in chat/rows/rows.js, a tab in chat/tabs.js; a view of
 * the details is exported by details.js and stood in for by chat/placeholders.js until it is here.
 * `update` is for its owner; a view that subscribes itself needs none.
 */
export interface View {
  node: HTMLElement;
  update?(...subject: any[]): void;
  /** Tabs: called each time the tab is entered, maybe at a place in it, or left. */
  show?(place?: any): void;
  hide?(): void;
}
