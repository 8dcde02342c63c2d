import type { ServerSetUp } from '../model/server-set-up.ts';
import type { BaselineTables } from './baseline-schema.ts';
import { GIB } from './gib.ts';

/** What has to be known of a load test to say how far the document's figures apply to it. */
export interface TestConditions {
  /** Whether server and load generator share a machine. */
  readonly isLocal: boolean;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Length of the test by the documented one's. */
  readonly timeScale: number;
}

const gib = (bytes: number): string => `${Number((bytes / GIB).toPrecision(2))} GiB`;

function statedText(setUp: ServerSetUp): string {
  const parts: readonly (readonly [string | number | undefined, string])[] = [
    [setUp.tier, 'tier'],
    [setUp.vcpus, 'vCPUs'],
    [setUp.workers, 'workers'],
    [setUp.poolSize, 'pool'],
    [setUp.cacheStrategy, 'cache'],
    [setUp.cacheTtlSeconds, 'TTL'],
    [setUp.serialization, 'serialization'],
    [setUp.instances, 'instances'],
  ];
  return parts.flatMap(([value, name]) => (value === undefined ? [] : [`${name} ${value}`])).join(', ');
}

/** In what the standard configuration of the tables differs from where a load test ran, one sentence each. */
export function configurationRemarks(
  { environment }: BaselineTables,
  setUp: ServerSetUp,
  conditions: TestConditions,
): readonly string[] {
  const { isLocal, cpus, memoryBytes, timeScale } = conditions;
  const { vcpus, memoryGib, workers, poolSize } = environment;
  const standard = `${vcpus} vCPUs, ${memoryGib} GiB, ${workers} workers and a pool of ${poolSize} connections`;
  const stated = statedText(setUp);
  const here = isLocal
    ? `this machine has ${cpus} CPUs and ${gib(memoryBytes)}, which server and load generator share.`
    : 'what the target has cannot be seen from here.';
  return [
    `The document's figures are of ${standard}; ${here}`,
    stated === ''
      ? 'State the server by server.vcpus, server.workers and so on to have Baseline Results and tools moved to it.'
      : `Baseline Results and tools are moved to the stated set-up (${stated}); the tables of load tests stand as they are.`,
    ...(timeScale === 1
      ? []
      : [
          `Ran at ${timeScale} times the documented length: what takes time (recovery, leaks, warm caches) does not shrink with it.`,
        ]),
  ];
}
