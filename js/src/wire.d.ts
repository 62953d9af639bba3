// Written by scripts/write_types.py from protocol/schema.py; do not edit.
// A union is one interface: what arrives is looked at, not believed. Types only.

export type EventType =
  | "TEXT_MESSAGE_START"
  | "TEXT_MESSAGE_CONTENT"
  | "TEXT_MESSAGE_END"
  | "TEXT_MESSAGE_CHUNK"
  | "TOOL_CALL_START"
  | "TOOL_CALL_ARGS"
  | "TOOL_CALL_END"
  | "TOOL_CALL_CHUNK"
  | "TOOL_CALL_RESULT"
  | "STATE_SNAPSHOT"
  | "STATE_DELTA"
  | "MESSAGES_SNAPSHOT"
  | "ACTIVITY_SNAPSHOT"
  | "ACTIVITY_DELTA"
  | "RAW"
  | "CUSTOM"
  | "RUN_STARTED"
  | "RUN_FINISHED"
  | "RUN_ERROR"
  | "STEP_STARTED"
  | "STEP_FINISHED"
  | "REASONING_START"
  | "REASONING_MESSAGE_START"
  | "REASONING_MESSAGE_CONTENT"
  | "REASONING_MESSAGE_END"
  | "REASONING_MESSAGE_CHUNK"
  | "REASONING_END"
  | "REASONING_ENCRYPTED_VALUE"
  | "SUBAGENT_STARTED"
  | "SUBAGENT_FINISHED"
  | "SUBAGENT_ERROR";

export interface ToolCall {
  id: string;
  type: "function";
  function: FunctionCall;
  metadata?: Record<string, any>;
  encryptedValue?: string;
  encryptedValueType?: string;
}

export interface FunctionCall {
  name: string;
  arguments: string;
}

export interface Context {
  description: string;
  value: string;
}

export interface Tool {
  name: string;
  description: string;
  parameters?: any;
  metadata?: Record<string, any>;
}

export interface ResumeEntry {
  interruptId: string;
  status: "resolved" | "cancelled";
  payload?: any;
  metadata?: Record<string, any>;
}

export interface Interrupt {
  id: string;
  reason: string;
  message?: string;
  toolCallId?: string;
  responseSchema?: Record<string, any>;
  expiresAt?: string;
  metadata?: Record<string, any>;
  subagentRunId?: string;
}

export interface Usage {
  provider?: string;
  model?: string;
  inputTokens?: number;
  outputTokens?: number;
  totalTokens?: number;
  reasoningTokens?: number;
  cachedInputTokens?: number;
  cacheWriteInputTokens?: number;
}

export interface RunAgentInput {
  threadId: string;
  runId: string;
  protocolVersion?: string;
  parentRunId?: string;
  state?: any;
  messages: Message[];
  tools?: Tool[];
  context?: Context[];
  forwardedProps?: any;
  resume?: ResumeEntry[];
}

export interface Message {
  role: "developer" | "system" | "assistant" | "user" | "tool" | "activity" | "reasoning";
  id: string;
  subagentRunId?: string;
  metadata?: Record<string, any>;
  encryptedValue?: string;
  encryptedValueType?: string;
  name?: string;
  content?: any;
  toolCalls?: ToolCall[];
  toolCallId?: string;
  error?: string;
  activityType?: string;
}

export interface Part {
  type: "text" | "image" | "audio" | "video" | "document";
  text?: string;
  id?: string;
  metadata?: any;
  source?: Source;
}

export interface Source {
  type: "data" | "url" | "file";
  value: string;
  mimeType?: string;
  provider?: string;
}

export interface Outcome {
  type: "success" | "interrupt" | "cancelled";
  pendingToolCallIds?: string[];
  interrupts?: Interrupt[];
}

export interface SubagentOutcome {
  type: "success" | "suspended";
  interruptIds?: string[];
}

export interface PatchOperation {
  op: "add" | "remove" | "replace" | "move" | "copy" | "test";
  path: string;
  value?: any;
  from?: string;
}
