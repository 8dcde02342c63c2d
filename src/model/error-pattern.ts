/** A word for errors whose message matches a pattern; the first match names the error. */
export interface ErrorPattern {
  /** Value of the label `error_type`. */
  readonly type: string;
  readonly pattern: RegExp;
}

/** What messages of errors are held against by default, ignoring case. */
export const DEFAULT_ERROR_PATTERNS: readonly ErrorPattern[] = [
  { type: 'connection_timeout', pattern: /ETIMEDOUT|connect.{0,60}time(d )?out/i },
  { type: 'database_deadlock', pattern: /deadlock/i },
  { type: 'rate_limit_exceeded', pattern: /rate.?limit|too many requests/i },
  { type: 'circuit_open', pattern: /circuit.{0,20}open|open.{0,20}circuit/i },
  { type: 'unknown_tool', pattern: /unknown tool|\btool ["'`]?[\w./-]{1,128}["'`]? not found/i },
  { type: 'invalid_params', pattern: /-32602|invalid (arguments|params|input)|input validation error/i },
];
