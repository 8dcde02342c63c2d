/** Classes of age that open sessions are told apart by, youngest first: each one begins where the one before ends. */
export const SESSION_AGES = [
  { label: 'lt_5m', belowMs: 300_000 },
  { label: 'lt_1h', belowMs: 3_600_000 },
  { label: 'lt_6h', belowMs: 6 * 3_600_000 },
  { label: 'lt_24h', belowMs: 24 * 3_600_000 },
  { label: 'ge_24h', belowMs: Number.POSITIVE_INFINITY },
] as const;

/** A class of age, value of the label `age`. */
export type SessionAge = (typeof SESSION_AGES)[number]['label'];

/** Silence from which on a session is called silent. */
export const SILENT_AFTER_MS = 3_600_000;

/** What a client is called that has not said its name. */
export const UNKNOWN_CLIENT = 'unknown';

/** Sessions of one client that are open. */
export interface ClientSessions {
  readonly active: number;
  /** Of these, without any exchange for {@link SILENT_AFTER_MS}. */
  readonly silent: number;
}

/** The open sessions at one moment. */
export interface SessionCensus {
  readonly active: number;
  readonly silent: number;
  /** Every class, also those without a session. */
  readonly byAge: ReadonlyMap<SessionAge, number>;
  /** By the name that clients gave themselves, or {@link UNKNOWN_CLIENT}. */
  readonly byClient: ReadonlyMap<string, ClientSessions>;
}
