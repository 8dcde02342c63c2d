import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';

/** The series that the windows of hours and days average, by how often they are recorded, in seconds. */
const SERIES: readonly (readonly [name: string, labels: string, every: number])[] = [
  ['job_instance:mcp_requests:rate5m', '', 30],
  ['job_instance:mcp_errors:rate5m', '', 30],
  ['job_instance:mcp_calls:rate5m', '', 30],
  ['job_instance_percentile:mcp_slow_calls:rate5m', ',percentile="p99"', 30],
  ['job_instance_percentile:mcp_compared_calls:rate5m', ',percentile="p99"', 30],
  ['job_instance:mcp_requests:rate1h', '', 120],
  ['job_instance:mcp_errors:rate1h', '', 120],
  ['job_instance_percentile:mcp_slow_calls:rate1h', ',percentile="p99"', 120],
  ['job_instance_percentile:mcp_compared_calls:rate1h', ',percentile="p99"', 120],
];

/** Those recorded every 30 s are looked back at for six hours at most. */
const SHORT_DAYS = 0.27;

function* lines(servers: number, days: number): Generator<string> {
  const now = Math.floor(Date.now() / 1000);
  for (const [name, labels, every] of SERIES) {
    yield `# TYPE ${name} gauge\n`;
    const span = (every === 30 ? SHORT_DAYS : days) * 86_400;
    for (let server = 0; server < servers; server += 1) {
      let chunk = '';
      for (let at = now - span; at < now; at += every) {
        chunk += `${name}{job="mcp-vitals",instance="server-${server}"${labels}} 40 ${Math.floor(at)}\n`;
      }
      yield chunk;
    }
  }
  yield '# EOF\n';
}

/** Writes days of recorded series of so many servers into the data folder of a Prometheus that does not run. */
export async function writeHistory(data: string, file: string, servers: number, days: number): Promise<void> {
  await pipeline(Readable.from(lines(servers, days)), createWriteStream(file));
  const promtool = spawn('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, data], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(promtool, 'exit');
  if (code !== 0) throw new Error(`promtool: want exit code 0, got ${String(code)}`);
}
