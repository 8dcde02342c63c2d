/** What a person on call needs to know of an alert. */
export interface AlertRunbook {
  readonly alert: string;
  readonly severity: string;
  /** Title of the alerts that it stands among, e.g. `Latency`. */
  readonly group: string;
  /** What these alerts are about. */
  readonly groupAbout: string;
  /** The condition in words. */
  readonly when: string;
  /** How long it has to hold, e.g. `5m`; `0s`: it fires at once. */
  readonly for: string;
  /** What it means for the server's users. */
  readonly meaning: string;
  /** PromQL that confirms it, with `$job`, `$instance` and the like in place of the alert's labels. */
  readonly confirm: readonly { readonly query: string; readonly shows: string }[];
  readonly causes: readonly string[];
  readonly now: readonly string[];
  readonly later: readonly string[];
}
