import type { BenchServer } from '../bench/bench-report.ts';
import { systemClock } from '../model/clock.ts';
import type { Sample } from '../model/sample.ts';
import { createProcessSource, type ProcessTarget } from '../sources/process-source.ts';
import { runSource } from '../sources/run-source.ts';

/** What was seen of the server's process at one moment. */
export interface ServerReading {
  /** By `performance.now()`. */
  readonly atMs: number;
  readonly cpuRatio?: number;
  readonly memoryBytes?: number;
  readonly connections?: number;
  readonly memoryLimitBytes?: number;
  /** When its process began, Unix time. */
  readonly startTimeSeconds?: number;
}

/** Follows the process of a server beside the load. */
export interface ServerWatch {
  /** Average and greatest between two moments; undefined if nothing was seen. */
  readonly between: (fromMs: number, toMs: number) => BenchServer | undefined;
  readonly readings: () => readonly ServerReading[];
  /** Why nothing is seen; undefined as long as something is. */
  readonly problem: () => string | undefined;
  readonly stop: () => Promise<void>;
}

const TIMEOUT_MS = 5000;
/** Readings that are kept: a day of them at one in 5 s. */
const MOST_READINGS = 20_000;

type Figure = 'cpuRatio' | 'memoryBytes' | 'connections';

function readingOf(samples: readonly Sample[], atMs: number): ServerReading {
  const value = (name: Sample['name'], labels: Readonly<Record<string, string>> = {}): number | undefined =>
    samples.find(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([key, text]) => Reflect.get(sample.labels, key) === text),
    )?.value;
  const cpuRatio = value('mcp_process_cpu_ratio');
  const memoryBytes = value('mcp_process_memory_bytes');
  const connections = value('mcp_process_sockets', { state: 'established' });
  const memoryLimitBytes = value('mcp_process_memory_limit_bytes');
  const startTimeSeconds = value('mcp_process_start_time_seconds');
  return {
    atMs,
    ...(cpuRatio !== undefined && { cpuRatio }),
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(connections !== undefined && { connections }),
    ...(memoryLimitBytes !== undefined && { memoryLimitBytes }),
    ...(startTimeSeconds !== undefined && { startTimeSeconds }),
  };
}

/** Reads the process at an interval until stopped. */
export function watchServer(target: ProcessTarget, intervalMs: number): ServerWatch {
  const readings: ServerReading[] = [];
  let problem: string | undefined;
  const source = runSource({
    name: 'process',
    source: createProcessSource({ target, clock: systemClock }),
    intervalMs,
    timeoutMs: TIMEOUT_MS,
    clock: systemClock,
    onReading: (reading) => {
      if (!reading.ok) {
        problem = reading.reason;
        return;
      }
      problem = undefined;
      readings.push(readingOf(reading.samples, performance.now()));
      if (readings.length > MOST_READINGS) readings.shift();
    },
    onError: (error) => {
      problem = String(error);
    },
  });
  const gauge = (values: readonly number[]) => ({
    average: values.reduce((sum, value) => sum + value, 0) / values.length,
    max: Math.max(...values),
  });
  return {
    between: (fromMs, toMs) => {
      const seen = readings.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
      // Shorter than the time between readings: what was held just before is still held, the CPU of then says nothing.
      if (seen.length === 0) {
        const { cpuRatio: _past, ...held } = readings.findLast(({ atMs }) => atMs < fromMs) ?? {
          atMs: fromMs,
        };
        seen.push(held);
      }
      const valuesOf = (figure: Figure): readonly number[] =>
        seen.flatMap((reading) => reading[figure] ?? []);
      const [cpu, memory, connections] = [
        valuesOf('cpuRatio'),
        valuesOf('memoryBytes'),
        valuesOf('connections'),
      ];
      if (cpu.length + memory.length + connections.length === 0) return undefined;
      return {
        ...(cpu.length > 0 && { cpuRatio: gauge(cpu) }),
        ...(memory.length > 0 && { memoryBytes: gauge(memory) }),
        ...(connections.length > 0 && { connections: gauge(connections) }),
      };
    },
    readings: () => readings,
    problem: () => (readings.length === 0 ? problem : undefined),
    stop: source.stop,
  };
}
