import type { BaselineFigures } from './expect-profile.ts';
import {
  figureReader,
  gibOf,
  percentiles,
  rounded,
  shareOf,
  type MeasuredProfile,
} from './measured-profile.ts';

/** Makes a table of what a load test measured; what it did not is that of the table in force. Undefined where too little was measured. */
export type BuildTable = (
  inForce: BaselineFigures,
  measured: MeasuredProfile,
  source: string,
) => object | undefined;

/** The table `sustained`. */
export const sustained: BuildTable = ({ tables }, measured, source) => {
  const read = figureReader(measured);
  const { sustained: before } = tables;
  const { p50Ms, p95Ms, p99Ms, p999Ms } = percentiles(read);
  if (p99Ms === undefined) return undefined;
  const [cpu, memory] = [shareOf(read('cpu')), gibOf(read('memory'))];
  return {
    ...before,
    source: `${source}, profile sustained`,
    durationMinutes: rounded(measured.durationSeconds / 60),
    concurrentUsers: measured.users,
    requestsPerSecond: rounded(measured.intendedPerSecond ?? read('throughput') ?? before.requestsPerSecond),
    totalRequests: measured.requests,
    failedRequests: Object.values(measured.errors).reduce((sum, count) => sum + count, 0),
    latencyMs: {
      min: read('min'),
      p50Ms,
      p75: read('p75'),
      p90: read('p90'),
      p95Ms,
      p99Ms,
      p999Ms,
      max: read('max'),
    },
    ...(cpu !== undefined && { cpuRatio: { average: cpu, max: shareOf(measured.cpuMaxRatio) ?? cpu } }),
    ...(memory !== undefined && {
      memoryGib: { average: memory, max: gibOf(measured.memoryMaxBytes) ?? memory },
    }),
    errors: measured.errors,
  };
};

/** The table `spike`. */
export const spike: BuildTable = ({ tables }, measured, source) => {
  const read = figureReader(measured);
  const recovery = read('recovery');
  const phases = measured.phases.map(({ phase, targetPerSecond, durationSeconds }) => {
    const scope = { of: 'phase', phase } as const;
    return {
      phase,
      durationMinutes: rounded(durationSeconds / 60),
      targetPerSecond: rounded(targetPerSecond),
      actualPerSecond: read('throughput', scope),
      p99Ms: read('p99', scope),
      errorRatio: read('errors', scope),
    };
  });
  const isWhole = phases.every(
    ({ actualPerSecond = 0, p99Ms }) => actualPerSecond > 0 && p99Ms !== undefined,
  );
  if (phases.length === 0 || !isWhole || recovery === undefined || recovery === 0) return undefined;
  return {
    ...tables.spike,
    source: `${source}, profile spike`,
    phases,
    circuitOpenings: measured.errors['circuit_open'] ?? 0,
    rateLimited: measured.errors['rate_limit_exceeded'] ?? 0,
    recoverySeconds: recovery,
  };
};

/** The table `endurance`. */
export const endurance: BuildTable = ({ tables }, measured, source) => {
  const read = figureReader(measured);
  const hours = new Set(measured.figures.flatMap(({ scope }) => (scope.of === 'hour' ? [scope.hour] : [])));
  const rows = [...hours]
    .toSorted((a, b) => a - b)
    .map((hour) => {
      const scope = { of: 'hour', hour } as const;
      return {
        hour,
        throughputPerSecond: read('throughput', scope),
        p99Ms: read('p99', scope),
        memoryGib: gibOf(read('memory', scope)),
        connections: read('connections', scope),
        errorRatio: read('errors', scope),
      };
    });
  if (rows.length === 0 || rows.some((row) => Object.values(row).includes(undefined))) return undefined;
  return {
    ...tables.endurance,
    source: `${source}, profile endurance`,
    concurrentUsers: measured.users,
    ...(measured.intendedPerSecond !== undefined && {
      requestsPerSecond: rounded(measured.intendedPerSecond),
    }),
    rows,
  };
};

/** The table `horizontal`. */
export const horizontal: BuildTable = ({ tables }, measured, source) => {
  const read = figureReader(measured);
  const counts = new Set(
    measured.figures.flatMap(({ scope }) => (scope.of === 'instances' ? [scope.instances] : [])),
  );
  const [first] = tables.horizontal.rows;
  const pricePerInstance = first === undefined ? 0 : first.costPerHour / first.instances;
  const rows = [...counts]
    .toSorted((a, b) => a - b)
    .map((instances) => {
      const scope = { of: 'instances', instances } as const;
      const throughput = read('throughput', scope);
      return {
        instances,
        throughputPerSecond: throughput,
        perInstancePerSecond: throughput === undefined ? undefined : rounded(throughput / instances),
        efficiencyRatio: shareOf(read('efficiency', scope)),
        p99Ms: read('p99', scope),
        costPerHour: rounded(pricePerInstance * instances),
      };
    });
  if (rows.length === 0 || rows.some((row) => Object.values(row).includes(undefined))) return undefined;
  return { source: `${source}, profile scaling`, rows };
};
