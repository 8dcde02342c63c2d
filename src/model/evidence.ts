/** How evidence is captured of a server that a detector is urgent about. */
export type EvidenceSource =
  /** Over the inspector of a Node server: what is allocated and stays, and if asked for the heap itself. */
  | {
      readonly kind: 'inspector';
      readonly address: { readonly host: string; readonly port: number };
      readonly samplingMs: number;
      readonly snapshot: boolean;
    }
  /** By py-spy, of a Python server: the stacks of its threads, or for a time where it spends it (0: the former). */
  | { readonly kind: 'py-spy'; readonly program: string; readonly recordMs: number }
  /** By a program; its arguments may hold `{pid}` and `{detector}`. */
  | { readonly kind: 'command'; readonly command: readonly string[] };

/** Value of the label `kind`. */
export type EvidenceKind = EvidenceSource['kind'];

/** Every kind of evidence. */
export const EVIDENCE_KINDS = ['inspector', 'py-spy', 'command'] as const satisfies readonly EvidenceKind[];

/** When evidence is captured, how, and how much of it is kept. */
export interface EvidenceSettings {
  readonly source: EvidenceSource;
  /** Private to the sidecar; made if it is not there. */
  readonly directory: string;
  /** Least time between two captures for one detector. */
  readonly everyMs: number;
  /** Most time that a capture may take. */
  readonly timeoutMs: number;
  /** Largest file of a capture. */
  readonly maxBytes: number;
  /** Captures that are kept; older ones are deleted. */
  readonly keep: number;
}

/** Values of the label `result`; `cut`: captured, but not whole; `skipped`: not tried, there was one a short while ago. */
export const CAPTURE_RESULTS = ['captured', 'cut', 'failed', 'skipped'] as const;

/** What came of a capture. */
export type CaptureOutcome =
  | { readonly result: 'captured' | 'cut'; readonly path: string }
  | { readonly result: 'failed' | 'skipped'; readonly reason: string };
