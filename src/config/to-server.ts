import type { Config } from './config.ts';
import type { Settings } from './schema.ts';
import { given } from './given.ts';

/** The set-up of the server as far as it is stated. */
export function toServer({ server }: Settings): Config['server'] {
  const { cacheTtl, availabilityObjective, latencyObjective, ...rest } = server;
  return {
    ...given({ ...rest, cacheTtlSeconds: cacheTtl === undefined ? undefined : cacheTtl / 1000 }),
    objectives: { availability: availabilityObjective, latency: latencyObjective },
  };
}
