import { seeded } from '../detectors/watch-series.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const GIB = 1024 ** 3;

/** A server of the fleet, as functions of the hours since the history began. */
interface Server {
  readonly instance: string;
  readonly memory: (hour: number, random: () => number) => number;
  /** Hour at which the process started that is there at this hour. */
  readonly startedAt: (hour: number) => number;
  /** Hours at which it is there; default: all. */
  readonly isThere?: (hour: number) => boolean;
}

const daily = (hour: number): number => Math.sin((hour / 24) * 2 * Math.PI);

/** A leak with a restart on the first day, its healthy twin at the same load, and one that went away. */
const SERVERS: readonly Server[] = [
  {
    instance: 'leaky:9464',
    memory: (hour, random) =>
      (1 + 0.025 * (hour < 20 ? hour : hour - 20) + 0.05 * daily(hour) + 0.03 * random()) * GIB,
    startedAt: (hour) => (hour < 20 ? -30 : 20),
  },
  {
    instance: 'healthy:9464',
    memory: (_, random) => 0.03 * random() * GIB + 1.2 * GIB,
    startedAt: (hour) => (hour < 20 ? -30 : 20),
  },
  {
    instance: 'gone:9464',
    memory: (_, random) => (0.8 + 0.03 * random()) * GIB,
    startedAt: () => -5,
    isThere: (hour) => hour < 30,
  },
];

/**
 * Four days of a fleet of three sidecars in the OpenMetrics format, a sample a minute up to a time: memory with its limit
 * of 4 GiB, the start of the process, and a counter of requests with a daily season.
 * @returns the text and the time of its first sample.
 */
export function fleetHistory(toMs: number, hours = 96): { readonly text: string; readonly fromMs: number } {
  const fromMs = Math.floor(toMs / MINUTE_MS) * MINUTE_MS - hours * HOUR_MS;
  const random = seeded(7);
  const families: Record<string, string[]> = {
    mcp_process_memory_bytes: [],
    mcp_process_memory_limit_bytes: [],
    mcp_process_start_time_seconds: [],
    request_duration_seconds_count: [],
  };
  const put = (family: string, labels: string, value: number, atMs: number): void => {
    families[family]?.push(`${family}{job="mcp",${labels}} ${value} ${atMs / 1000}`);
  };
  for (const { instance, memory, startedAt, isThere = () => true } of SERVERS) {
    const own = `instance="${instance}"`;
    let requests = 0;
    for (let atMs = fromMs; atMs <= toMs; atMs += MINUTE_MS) {
      const hour = (atMs - fromMs) / HOUR_MS;
      requests += Math.round(60 * (30 + 15 * daily(hour)));
      if (!isThere(hour)) continue;
      put('mcp_process_memory_bytes', `${own},kind="pss"`, Math.round(memory(hour, random)), atMs);
      put('mcp_process_memory_limit_bytes', own, 4 * GIB, atMs);
      put('mcp_process_start_time_seconds', own, (fromMs + startedAt(hour) * HOUR_MS) / 1000, atMs);
      const call = `${own},method="tools/call",endpoint="get_user",status="ok"`;
      put('request_duration_seconds_count', call, requests, atMs);
    }
  }
  const text = Object.entries(families)
    .map(
      ([family, lines]) =>
        `# TYPE ${family} ${family.endsWith('_count') ? 'unknown' : 'gauge'}\n${lines.join('\n')}\n`,
    )
    .join('');
  return { text: `${text}# EOF\n`, fromMs };
}
