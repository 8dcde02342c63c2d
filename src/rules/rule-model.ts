import type { DashboardUid } from '../model/dashboard-uid.ts';

/** How bad it is: `critical` wakes someone, `warning` is a ticket, `info` is only seen, `none` is the watchdog's. */
export type Severity = 'critical' | 'warning' | 'info' | 'none';

/** What an alert is about; alerts of one area at one server are one incident. */
export type Area =
  | 'latency'
  | 'errors'
  | 'throughput'
  | 'database'
  | 'cache'
  | 'process'
  | 'capacity'
  | 'leaks'
  | 'probes'
  | 'monitoring';

/**
 * Turns a duration of the declarations into the one to write, e.g. to shorten all of them for a rehearsal.
 * Every range, offset, `for` and interval goes through it; the names of recorded series keep their own.
 */
export type Windows = (duration: string) => string;

/** A section of a runbook: what a person at night needs, written by hand. */
export interface Runbook {
  /** What it means for the server's users. */
  readonly meaning: string;
  /** Queries that confirm it, with `$job` and `$instance` in place of the alert's labels. */
  readonly confirm: readonly { readonly query: string; readonly shows: string }[];
  readonly causes: readonly string[];
  readonly now: readonly string[];
  readonly later: readonly string[];
}

/** An alert: its rule, its row in the documentation and its section in the runbook. */
export interface AlertDeclaration {
  /** CamelCase, beginning with `Mcp`. */
  readonly alert: string;
  readonly severity: Severity;
  readonly area: Area;
  readonly expr: (w: Windows) => string;
  /** The expression in words, for the documentation. */
  readonly when: string;
  /** How long it must hold; `0s` for at once. */
  readonly for: string;
  /** How long it goes on after it last held, so that it does not flap. */
  readonly keepFiringFor: string;
  /** One full sentence, a template. */
  readonly summary: string;
  /** The live value beside the expected one, a template. */
  readonly description: string;
  /** Alerts of the same server that say nothing new while this one fires. */
  readonly inhibits: readonly string[];
  readonly runbook: Runbook;
}

/** A recorded series. */
export interface RecordDeclaration {
  /** `level:metric:operations`. */
  readonly record: string;
  readonly expr: (w: Windows) => string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Rules that are evaluated together, in order. */
export interface RecordGroup {
  readonly name: string;
  /** The file below prometheus/rules, without its ending. */
  readonly file: string;
  readonly interval: string;
  /** What the group is for: a comment in the file. */
  readonly about: string;
  readonly records: readonly RecordDeclaration[];
}

/** Alerts that are evaluated together; a file of alerts and of runbooks each. */
export interface AlertGroup {
  /** The files' name, without its ending. */
  readonly name: string;
  /** The dashboard that shows what they are about. */
  readonly dashboard: DashboardUid;
  readonly interval: string;
  readonly title: string;
  readonly about: string;
  readonly alerts: readonly AlertDeclaration[];
}
