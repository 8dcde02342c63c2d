import type { ToolChange } from './probe.ts';

/** Why a run failed, as a closed set of label values. */
export const FAILURE_REASONS = [
  /** The host has no address. */
  'dns',
  /** Nothing listens there. */
  'refused',
  /** There is no way to the host. */
  'unreachable',
  /** No TLS, or a certificate that does not hold: expired, of another name, not trusted. */
  'tls',
  /** No answer within the deadline. */
  'timeout',
  /** The connection was cut before the answer was whole. */
  'reset',
  /** A redirect, which a probe does not follow to another origin. */
  'http_3xx',
  'http_4xx',
  'http_5xx',
  /** HTTP 401, or no token to be had. */
  'unauthorized',
  /** HTTP 403. */
  'forbidden',
  /** An answer that is not what HTTP, JSON-RPC or MCP say it has to be. */
  'protocol',
  /** A JSON-RPC error was the answer. */
  'rpc_error',
  /** A tool answered with `isError`. */
  'tool_error',
  /** The answer is not as the probe expects it. */
  'assertion',
  /** The list of tools is not the recorded one. */
  'schema_drift',
  /** The server's command could not be started. */
  'start_failed',
  /** The server's process ended before its answer. */
  'exited',
  /** Processes of the server stayed behind after its end. */
  'left_behind',
  /** A secret or a certificate file could not be read. */
  'credentials',
  /** A fault of the probe itself. */
  'internal',
] as const;

/** Why a run failed. */
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** The parts of a run's duration, in their order; those that a kind has not are absent. */
export const PROBE_PHASES = [
  /** Address of the host. */
  'dns',
  /** TCP connection. */
  'connect',
  'tls',
  /** Start of the server's process. */
  'start',
  /** initialize or server/discover, with whatever authorization they need. */
  'handshake',
  /** From the requests that are measured to the first byte of their answers. */
  'first_byte',
  /** From there to the first message: the answer, or a notification before it. */
  'first_message',
  /** From there to the answer itself. */
  'answer',
  /** Ending the session and the connection; not part of the duration. */
  'close',
] as const;

/** A part of a run's duration. */
export type ProbePhase = (typeof PROBE_PHASES)[number];

/** Duration in milliseconds by phase. */
export type PhaseDurations = Readonly<Partial<Record<ProbePhase, number>>>;

/** Something that happened in a run; `atMs` counts from its start. Secrets are masked in all of it. */
export type TranscriptEntry = { readonly atMs: number } & (
  | { readonly type: 'note'; readonly text: string }
  | {
      readonly type: 'request';
      readonly exchange: number;
      readonly method: string;
      readonly url: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: string;
    }
  | {
      readonly type: 'answer';
      readonly exchange: number;
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
    }
  /** The body of an answer, at its end or where the run ended before it. */
  | { readonly type: 'body'; readonly exchange: number; readonly text: string; readonly bytes: number }
  /** Messages over pipes, and what the process wrote to stderr. */
  | { readonly type: 'sent' | 'received' | 'stderr'; readonly text: string }
);

/** All that happened in a run, in order, as far as it was kept. */
export interface Transcript {
  readonly entries: readonly TranscriptEntry[];
  /** Entries beyond the limit. */
  readonly dropped: number;
}

/** Tools by the way in which they changed. */
export type ToolDrift = Readonly<Record<ToolChange, readonly string[]>>;

/** A tool as it is recorded: digests of its parts. */
export type RecordedTool = Readonly<Record<Exclude<ToolChange, 'added' | 'removed'>, string>>;

/** A list of tools as it is recorded, by name. */
export type ToolSnapshot = Readonly<Record<string, RecordedTool>>;

/** What came of one attempt. */
export interface AttemptResult {
  /** Unix time of its start. */
  readonly startedWallMs: number;
  /** From the start to the verdict, without the clean-up. */
  readonly durationMs: number;
  /** Of that, the time of the requests that are measured. */
  readonly callMs?: number;
  readonly phases: PhaseDurations;
  /** Absent after a success. */
  readonly failure?: { readonly reason: FailureReason; readonly message: string };
  /** Unix time at which the first certificate of the server's chain ends. */
  readonly certificateExpiryMs?: number;
  readonly protocolVersion?: string;
  readonly server?: string;
  readonly drift?: ToolDrift;
  /** The list of tools that was seen. */
  readonly tools?: ToolSnapshot;
  readonly transcript: Transcript;
}

/** What came of a run: its last attempt, and how many it took. */
export interface ProbeResult extends AttemptResult {
  readonly attempts: number;
  /** P99 of the baseline that `callMs` is held against. */
  readonly baselineMs?: number;
}

/** How a run ended: at once, after a retry, or not well. */
export type RunOutcome = 'success' | 'retried' | 'failure';

/** The outcome of a result. */
export const outcomeOf = ({ failure, attempts }: ProbeResult): RunOutcome =>
  failure !== undefined ? 'failure' : attempts > 1 ? 'retried' : 'success';

/** What a probe says of its target; `unknown` before the first verdict. */
export const PROBE_STATES = ['up', 'degraded', 'down', 'unknown'] as const;

/** What a probe says of its target. */
export type ProbeState = (typeof PROBE_STATES)[number];
