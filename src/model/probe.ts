/** The kinds of probe, one file each in `src/probes`. */
export const PROBE_KINDS = [
  'handshake',
  'tools',
  'tool',
  'resource',
  'prompt',
  'sequence',
  'http',
  'stdio',
] as const;

/** What a probe does. */
export type ProbeKind = (typeof PROBE_KINDS)[number];

/** Where a secret is read from, anew before each run. */
export type SecretSource = { readonly file: string } | { readonly env: string };

/** Who a probe says it is; at most one of `bearer`, `basic` and `oauth` is there. */
export interface ProbeCredentials {
  readonly bearer?: SecretSource;
  readonly basic?: { readonly username: string; readonly password: SecretSource };
  /** Header name → its secret value. */
  readonly headers?: Readonly<Record<string, SecretSource>>;
  /** Variable of a server that the probe starts → its secret value. */
  readonly env?: Readonly<Record<string, SecretSource>>;
  /** OAuth 2.1 client credentials. */
  readonly oauth?: {
    /** The authorization server that may have them, whatever another server's metadata says. */
    readonly issuer: string;
    readonly clientId: string;
    readonly clientSecret: SecretSource;
    readonly scope?: string;
  };
}

/** How a server's certificate is checked and which one is shown to it; files are read anew before each run. */
export interface ProbeTls {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly serverName?: string;
  readonly verify: boolean;
}

/** A server over HTTP. */
export interface HttpTarget {
  readonly over: 'http';
  readonly url: string;
  /** How MCP is spoken: Streamable HTTP (of both eras), or HTTP+SSE as before 2025-03-26. */
  readonly transport: 'streamable' | 'sse';
  readonly tls: ProbeTls;
  /** Sent with each request; not secret. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A server that a probe starts itself and speaks to over pipes. */
export interface StdioTarget {
  readonly over: 'stdio';
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly cwd?: string;
  /** Added to the few variables that the process gets. */
  readonly env: Readonly<Record<string, string>>;
}

/** Where a probe goes. */
export type ProbeTarget = HttpTarget | StdioTarget;

/** A statement about what a JSON path (RFC 9535) selects in an answer. */
export interface JsonAssertion {
  readonly path: string;
  /** Every selected value equals this, and there is one. */
  readonly equals?: unknown;
  /** Every selected value, as text, matches this, and there is one. */
  readonly matches?: RegExp;
  /** Whether anything is selected. */
  readonly exists?: boolean;
}

/** What an answer has to be like. */
export interface Expectation {
  /** What `isError` of a tool's result has to be; a tool error is a failure where it is false or absent. */
  readonly isError?: boolean;
  /** Whether structured content is held against the tool's own output schema. */
  readonly outputSchema?: boolean;
  readonly json?: readonly JsonAssertion[];
  /** The text of the answer matches it. */
  readonly matches?: RegExp;
  /** The text of the answer does not. */
  readonly notMatches?: RegExp;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  /** Longest time from the request to its answer. */
  readonly maxDurationMs?: number;
}

/** One request of a session. */
export type StepAction =
  | { readonly tool: string; readonly arguments: Readonly<Record<string, unknown>> }
  | { readonly resource: string }
  | { readonly prompt: string; readonly arguments: Readonly<Record<string, string>> }
  | { readonly list: 'tools' | 'resources' | 'prompts' };

/** A step of a sequence: `{{name}}` in its action is what an earlier step captured. */
export interface ProbeStep {
  readonly action: StepAction;
  readonly expect: Expectation;
  /** Name → JSON path of what is kept of the answer. */
  readonly capture: Readonly<Record<string, string>>;
}

/** In what a list of tools can differ from the recorded one. */
export const TOOL_CHANGES = [
  'added',
  'removed',
  'input_schema',
  'output_schema',
  'annotations',
  'description',
] as const;

/** A way in which a tool changed. */
export type ToolChange = (typeof TOOL_CHANGES)[number];

/** What is looked at, by kind. */
export type ProbeCheck =
  | {
      readonly kind: 'handshake';
      readonly protocolVersion?: string;
      /** Capabilities that the server has to declare. */
      readonly capabilities: readonly string[];
      readonly serverName?: RegExp;
    }
  | {
      readonly kind: 'tools';
      /** Changes that count as failure; the others are only counted. */
      readonly failOn: readonly ToolChange[];
      /** Tools that have to be there. */
      readonly require: readonly string[];
      /** The recorded list as a file; without it the first list that was seen. */
      readonly snapshotFile?: string;
    }
  | {
      readonly kind: 'tool';
      readonly tool: string;
      readonly arguments: Readonly<Record<string, unknown>>;
      readonly expect: Expectation;
    }
  | { readonly kind: 'resource'; readonly uri: string; readonly expect: Expectation }
  | {
      readonly kind: 'prompt';
      readonly prompt: string;
      readonly arguments: Readonly<Record<string, string>>;
      readonly expect: Expectation;
    }
  | { readonly kind: 'sequence'; readonly steps: readonly ProbeStep[] }
  | {
      readonly kind: 'http';
      readonly method: 'GET' | 'HEAD' | 'POST';
      readonly body?: string;
      /** Status codes that are well; none: 200 to 299. */
      readonly status: readonly number[];
      readonly expect: Expectation;
    }
  | { readonly kind: 'stdio'; readonly steps: readonly ProbeStep[] };

/** How the protocol version is agreed: asked for (`auto`), `initialize` alone, or `server/discover` alone. */
export type ProbeEra = 'auto' | 'legacy' | 'modern';

/** A probe, apart from when it runs. */
export interface ProbeDefinition {
  readonly name: string;
  readonly target: ProbeTarget;
  readonly era: ProbeEra;
  readonly check: ProbeCheck;
  readonly credentials?: ProbeCredentials;
  /** Deadline of each attempt. */
  readonly timeoutMs: number;
  /** Further attempts after a failed one. */
  readonly retries: number;
}

/** A time in which probes rest: it recurs, or it is one. */
export type MaintenanceWindow = {
  /** Names of probes; none: all of them. */
  readonly probes: readonly string[];
} & (
  | { readonly cron: string; readonly timeZone: string; readonly durationMs: number }
  /** Unix times in milliseconds. */
  | { readonly fromMs: number; readonly toMs: number }
);

/** When a probe runs, and how many runs of a kind change its state. */
export interface ProbeSchedule {
  readonly every: { readonly intervalMs: number } | { readonly cron: string; readonly timeZone: string };
  /** Runs are put off by up to this much, by a share that follows from the probe's name. */
  readonly jitterMs: number;
  /** Failed runs in a row that make a probe `down`. */
  readonly failureThreshold: number;
  /** Successful runs in a row that make it `up` again. */
  readonly successThreshold: number;
  readonly enabled: boolean;
}

/** A probe with its schedule. */
export interface ScheduledProbe {
  readonly definition: ProbeDefinition;
  readonly schedule: ProbeSchedule;
}
