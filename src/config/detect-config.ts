import type { ClientTls } from '../model/client-tls.ts';
import type { FleetDetectorName } from '../model/fleet-detector-name.ts';
import type { Shard } from '../model/shard.ts';
import type { SeriesUnit } from '../model/verdict.ts';
import type { DetectorProfile } from './detectors-config.ts';

/** Series of the fleet that are followed: those of a detector that knows what to ask for, or of an expression. */
export type DetectQuery = {
  /** In the unit of the series. */
  readonly limit?: number;
  readonly limitQuery?: string;
  readonly loadQuery?: string;
  readonly startQuery?: string;
  readonly on?: readonly string[];
} & (
  | { readonly detector: FleetDetectorName; readonly selector: string }
  | {
      readonly name: string;
      readonly query: string;
      readonly profile: DetectorProfile;
      readonly unit: SeriesUnit;
    }
);

/** The detectors over a fleet. */
export interface DetectConfig {
  readonly url?: string;
  readonly username?: string;
  /** Secret. */
  readonly password?: string;
  /** Secret. */
  readonly token?: string;
  readonly tls: ClientTls;
  readonly queries: readonly DetectQuery[];
  readonly intervalMs: number;
  readonly stepMs: number;
  readonly historyMs: number;
  readonly delayMs: number;
  readonly timeoutMs: number;
  readonly forgetMs: number;
  readonly maxSeries: number;
  readonly shard: Shard;
}
