import type { CallTrace } from './call-trace.ts';
import type { DatabaseDropReason } from './database-traffic.ts';

/** How a call's traffic reaches the server. */
export type Transport = 'streamable_http' | 'http_sse' | 'stdio' | 'http';

/** What a call addresses. */
export interface CallTarget {
  readonly kind: 'tool' | 'prompt' | 'resource' | 'path';
  /** Name of the tool or prompt, scheme of the resource's URI, or HTTP path; not yet bounded. */
  readonly name: string;
}

/** Whose fault a failure is, by the rules of OpenTelemetry's MCP conventions. */
export type Fault = 'client' | 'server';

/** What a server may ask its client, or the person behind it, during a call. */
export type ClientWaitKind = 'elicitation' | 'sampling' | 'roots';

/** One request and how it ended, measured between client and server. */
export interface CallObservation {
  /** JSON-RPC method; for a request that is not JSON-RPC, the HTTP method. */
  readonly method: string;
  /** False for HTTP requests that are not MCP, such as health checks and OAuth metadata. */
  readonly isMcp: boolean;
  readonly target: CallTarget;
  /**
   * `ok`, `tool_error`, `input_required` or `task` (interim results), a JSON-RPC
   * code, an HTTP status, `timeout`, `cancelled`, `unreachable`, or `other`.
   */
  readonly status: string;
  /** Bounded kind of failure; undefined if the call did not fail. */
  readonly errorType: string | undefined;
  readonly fault: Fault | undefined;
  /** JSON-RPC error code of the answer, if it had one. */
  readonly rpcErrorCode: number | undefined;
  readonly transport: Transport;
  readonly protocolVersion: string | undefined;
  /** From the request's arrival to the answer with its id, in milliseconds. */
  readonly durationMs: number;
  /** Part of the duration in which the server waited for its client (elicitation, sampling, roots). */
  readonly clientWaitMs: number;
  /** From the request's arrival to the head of the HTTP answer; undefined over stdio or if there was none. */
  readonly timeToFirstByteMs: number | undefined;
  /** Bytes of the message, as sent (compressed if it was); a batch's bytes count for its first call. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Length of the tool argument that is configured as its batch. */
  readonly batchSize: number | undefined;
  /** What its span needs; undefined while traces are off, and for what is no JSON-RPC request. */
  readonly trace?: CallTrace | undefined;
}

/** Why a session is over. */
export type SessionCloseReason = 'delete' | 'not_found' | 'idle' | 'stream_closed' | 'evicted' | 'exit';

/** A stream that lives on by itself, apart from calls: legacy GET, HTTP+SSE, or `subscriptions/listen`. */
export type StreamKind = 'get' | 'sse' | 'listen';

/** Who sent a notification. */
export type Direction = 'client' | 'server';

/** Why an exchange, or a part of it, could not be observed. */
export type DropReason =
  | 'tap_error'
  | 'invalid_json'
  | 'truncated_json'
  | 'undecodable_body'
  | 'unsupported_encoding'
  | 'decoded_too_large'
  | 'decoder_backlog'
  | 'pending_full'
  | 'unknown_response';

/** Receives everything that the taps observe. Each call is cheap and never throws on purpose. */
export interface TrafficSink {
  /** An exchange began; {@link TrafficSink.exchange} follows exactly once. */
  readonly exchangeSeen: () => void;
  readonly call: (observation: CallObservation) => void;
  /** A request was understood and its answer is awaited; {@link TrafficSink.callSettled} follows exactly once. */
  readonly callPending: () => void;
  readonly callSettled: () => void;
  readonly notification: (method: string, direction: Direction) => void;
  /** A server waited for its client. */
  readonly clientWait: (kind: ClientWaitKind, durationMs: number) => void;
  readonly sessionOpened: (how: 'initialize' | 'adopted') => void;
  /**
   * Told once for each session that was opened, as soon as its client is known, at the latest before its end.
   * @param client name that it gave itself, fit for a label but not yet bounded; undefined: it is not known.
   */
  readonly sessionIntroduced: (client: string | undefined) => void;
  readonly sessionClosed: (
    reason: SessionCloseReason,
    lifetimeMs: number,
    transport: Transport,
    protocolVersion: string | undefined,
    client: string | undefined,
  ) => void;
  readonly streamOpened: (kind: StreamKind) => void;
  readonly streamClosed: (kind: StreamKind, lifetimeMs: number) => void;
  /** Names of the tools or prompts that the server declared in a list result. */
  readonly declared: (kind: 'tool' | 'prompt', names: readonly string[]) => void;
  /** An exchange ended; undefined: it was observed whole. */
  readonly exchange: (dropped: DropReason | undefined) => void;
  /** Something outside an exchange was lost to observation. */
  readonly dropped: (reason: DropReason | DatabaseDropReason) => void;
  /** Time that an exchange spent inside the sidecar. */
  readonly overhead: (durationMs: number) => void;
}
