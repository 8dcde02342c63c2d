import type { SuggestedSetUp } from '../baselines/suggest-set-up.ts';
import type { ProbeCheck, ProbeEra, SecretSource } from '../model/probe.ts';

/** A probe that was tried and is to be written. */
export interface PlannedProbe {
  readonly name: string;
  readonly check: ProbeCheck;
  readonly era?: 'legacy' | 'modern';
  /** Only where it differs from the default. */
  readonly timeout?: string;
  /** Only where it differs from the default. */
  readonly interval?: string;
}

/** A probe that is written as a comment, with the reason. */
export interface SuggestedProbe extends PlannedProbe {
  readonly why: string;
  /** Arguments that its user has to give. */
  readonly missing?: readonly string[];
}

/** A tool that no probe should call. */
export interface UntouchedTool {
  readonly tool: string;
  readonly why: string;
}

/** Where the server is: behind HTTP, or started over pipes. */
export type PlannedServer =
  | {
      readonly over: 'http';
      /** Origin, e.g. `http://127.0.0.1:8000`. */
      readonly origin: string;
      readonly path: string;
      readonly transport: 'streamable' | 'sse';
      readonly bearer?: SecretSource;
      /** `Host` that probes send, where the server refuses that of its address. */
      readonly host?: string;
    }
  | { readonly over: 'stdio'; readonly command: readonly string[] };

/** What is written into the configuration. */
export interface InitPlan {
  /** What the server calls itself, with its version; undefined where it was not asked. */
  readonly name?: string;
  readonly server: PlannedServer;
  /** True where it runs in a container of docker-compose.yml, which sets addresses and the state directory. */
  readonly compose: boolean;
  /** Addresses other than the defaults, because those are taken. */
  readonly listen?: string;
  readonly admin?: string;
  readonly setUp?: Pick<SuggestedSetUp, 'tier' | 'workers' | 'limits' | 'why'>;
  /** Given by its user, in place of what the machine suggests. */
  readonly tier?: number;
  /** Port of a process of this machine that can be read. */
  readonly processPort?: number;
  /** Path of the server's own metrics page, and whether it has series that are taken over as they are. */
  readonly metrics?: { readonly path: string; readonly isTaken: boolean };
  /** Connection URLs without passwords. */
  readonly postgres?: { readonly url: string; readonly tls: boolean };
  readonly redis?: string;
  readonly probes: readonly PlannedProbe[];
  readonly suggestions: readonly SuggestedProbe[];
  readonly untouched: readonly UntouchedTool[];
}

/** The eras of MCP that were seen to work. */
export type SeenEras = readonly Exclude<ProbeEra, 'auto'>[];
