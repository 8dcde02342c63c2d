import type { ClientTls } from '../model/client-tls.ts';
import type { ErrorPattern } from '../model/error-pattern.ts';
import type { LogLevel } from '../model/log.ts';
import type { Objectives, ServerSetUp } from '../model/server-set-up.ts';
import type { Address } from './address.ts';
import type { DatabaseConfig, SourcesConfig } from './backends-config.ts';
import type { DetectConfig } from './detect-config.ts';
import type { DetectorsConfig, StateConfig } from './detectors-config.ts';
import type { ProbesConfig } from './probes-config.ts';

/** PEM texts for serving clients over TLS; with `clientCa` every client must show a certificate. */
export interface ListenTls {
  readonly cert: string;
  /** Secret. */
  readonly key: string;
  readonly clientCa?: string;
}

/** Host that the upstream sees: the client's, the URL's own, or a fixed one. */
export type HostHeader = 'preserve' | 'upstream' | { readonly fixed: string };

/** Limits and rules of the tap. */
export interface TapConfig {
  readonly enabled: boolean;
  readonly maxBodyBytes: number;
  readonly maxDecodedBytes: number;
  readonly maxPending: number;
  /** 0: the answer of a cut stream is not waited for. */
  readonly resumeTimeoutMs: number;
  /** 0: no call ever counts as parked. */
  readonly parkedAfterMs: number;
  readonly maxSessions: number;
  /** 0: silence never closes a session. */
  readonly sessionIdleTimeoutMs: number;
  readonly maxTools: number;
  readonly maxPrompts: number;
  readonly maxPaths: number;
  readonly maxMethods: number;
  readonly maxClients: number;
  /** Tool name → the argument whose array length is the batch's size. */
  readonly batchTools: ReadonlyMap<string, string>;
  /** In order; the first that matches names the error. */
  readonly errorTypes: readonly ErrorPattern[];
}

/** The status page and what it remembers. */
export interface PageSettings {
  /** How far back it remembers. */
  readonly historyMs: number;
  readonly historySeries: number;
  /** Least time between two updates of an open page. */
  readonly updateIntervalMs: number;
  readonly maxListeners: number;
  /** How long a login in a browser holds. */
  readonly sessionLifetimeMs: number;
  /** Further names under which it is served without a token. */
  readonly hosts: readonly string[];
}

/** The configuration of the sidecar, read and checked; holds secrets, so it is never printed as a whole. */
export interface Config {
  readonly instance: string;
  readonly upstream: {
    /** Origin without a slash at its end, e.g. `http://127.0.0.1:8000`; always there with `requireUpstream`. */
    readonly url?: string;
    readonly tls: ClientTls;
    /** 0: no limit. */
    readonly connectTimeoutMs: number;
    /** 0: no limit. */
    readonly headersTimeoutMs: number;
    /** 0: idle connections are not kept. */
    readonly keepAliveMs: number;
    readonly hostHeader: HostHeader;
  };
  readonly listen: {
    readonly address: Address;
    readonly tls?: ListenTls;
    readonly via: boolean;
    readonly xForwarded: boolean;
    readonly drainTimeoutMs: number;
  };
  readonly admin: {
    readonly address: Address;
    /** Secret. */
    readonly token?: string;
  };
  readonly tap: TapConfig;
  /** Absent: no database is tapped. */
  readonly database?: DatabaseConfig;
  readonly sources: SourcesConfig;
  readonly server: ServerSetUp & { readonly objectives: Objectives };
  readonly baseline: {
    /** Path of the user's own figures. */
    readonly file?: string;
  };
  readonly detectors: DetectorsConfig;
  /** Absent: nothing outlives the process. */
  readonly state?: StateConfig;
  /** What `detect` follows over a fleet; nothing else uses it. */
  readonly detect: DetectConfig;
  readonly probes: ProbesConfig;
  readonly page: PageSettings;
  readonly log: { readonly level: LogLevel; readonly format: 'text' | 'json' };
  /** What may be shown of it: every setting as it would stand in a file, defaults included, secrets masked. */
  readonly shown: Readonly<Record<string, unknown>>;
}
