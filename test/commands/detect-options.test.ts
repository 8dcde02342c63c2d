import { describe, expect, it } from '@jest/globals';
import { detect } from '../../src/commands/detect.ts';
import { readDetectOptions } from '../../src/commands/detect-options.ts';
import { runCommand } from './run-command.ts';

const NOW = Date.UTC(2026, 0, 8, 12);
const HOUR = 3_600_000;
const url = ['--prometheus', 'http://127.0.0.1:9090'];

function problems(argv: readonly string[], env: NodeJS.ProcessEnv = {}): readonly string[] {
  const options = readDetectOptions(argv, env, NOW);
  return options.ok ? [] : options.problems;
}

describe('the options of detect', () => {
  it.each([
    [
      [],
      [
        'want --prometheus URL, detect.url in the file or --csv FILE, got none of them',
        'want --detector NAME, --query PROMQL or detect.queries in the file, got none of them',
      ],
    ],
    [url, ['want --detector NAME, --query PROMQL or detect.queries in the file, got none of them']],
    [
      [...url, '--detector', 'memroy'],
      [
        '--detect.queries detect.queries[0].detector: want memory, connections, sessions, open_files, threads, bytes_per_session, latency or throughput, got "memroy"',
      ],
    ],
    [
      [...url, '--query', 'up', '--limit', 'lots'],
      [
        '--detect.queries detect.queries[0].limit: want a number above 0, a size such as 4GiB or a duration such as 250ms, got "lots"',
      ],
    ],
    [
      [...url, '--query', 'up', '--profile', 'connections', '--limit', '4GiB'],
      ['--detect.queries detect.queries: entry 1: want a limit in count, got one in bytes'],
    ],
    [
      [...url, '--detector', 'memory', '--query', 'up'],
      ['--detect.queries detect.queries: entry 1: want detector alone, got query as well'],
    ],
    [
      [...url, '--query', 'up', '--from', 'yesterday', '--fail-on', 'none', '--explain=0'],
      [
        '--explain: want a number from 1 to 9999, got "0"',
        '--from: want now, how long ago (such as 7d or 90m), Unix seconds or ISO 8601, got "yesterday"',
        '--fail-on: want watch, ticket, urgent or page, got "none"',
      ],
    ],
    [
      [...url, '--query', 'up', '--from', '1h', '--to', '2h'],
      ['--from: want a time before --to, got a later one'],
    ],
    [
      [...url, '--query', 'up', '--csv', 'a.csv'],
      ['--prometheus: want it without --csv, got both', '--query: want it without --csv, got both'],
    ],
    [
      [...url, '--query', 'up', '--serve', '--from', '2d'],
      ['--from: want it without --serve and --listen, got both'],
    ],
    [
      [...url, '--query'],
      [
        '--query: want a value, got none',
        'want --detector NAME, --query PROMQL or detect.queries in the file, got none of them',
      ],
    ],
    [[...url, '--query', 'up', '--detetcor', 'x'], ['--detetcor: unknown flag, did you mean --detector?']],
  ])('%j are refused', (argv, wanted) => expect(problems(argv)).toEqual(wanted));

  it('a password is never taken from an argument, and never printed', async () => {
    const secret = 'sw0rdfish';
    const { code, out, err } = await runCommand(detect, [
      ...url,
      '--query',
      'up',
      `--detect.password=${secret}`,
    ]);
    expect(code).toBe(2);
    expect(err).toContain('the password itself is taken from MCP_VITALS_DETECT_PASSWORD only');
    expect(out + err).not.toContain(secret);
  });

  it.each([
    [[], NOW - 168 * HOUR, NOW],
    [['--from', '7d'], NOW - 168 * HOUR, NOW],
    [['--from', '90m', '--to', 'now'], NOW - 1.5 * HOUR, NOW],
    [['--from=2026-01-05', '--to', '2026-01-06T06:00:00Z'], Date.UTC(2026, 0, 5), Date.UTC(2026, 0, 6, 6)],
    [['--from', '1767571200', '--to', '1d'], 1_767_571_200_000, NOW - 24 * HOUR],
  ])('%j is a range of time', (argv, fromMs, toMs) => {
    expect(readDetectOptions([...url, '--query', 'up', ...argv], {}, NOW)).toMatchObject({
      ok: true,
      mode: 'range',
      fromMs,
      toMs,
    });
  });

  it('are settings, or an entry of detect.queries', () => {
    const options = readDetectOptions(
      [
        ...url,
        '--json',
        '--explain=3',
        '--step=30s',
        '--shard=2/8',
        '--max-series=50',
        '--query=heap_bytes',
        '--limit=2GiB',
        '--load-query=rps',
        '--start-query=restarts',
        '--on=job, instance',
        '--fail-on=urgent',
      ],
      { MCP_VITALS_DETECT_TOKEN: 'secret-token' },
      NOW,
    );
    expect(options).toMatchObject({
      report: { json: true, explain: 3, failOn: 'urgent' },
      config: {
        detect: {
          url: 'http://127.0.0.1:9090',
          token: 'secret-token',
          stepMs: 30_000,
          shard: { index: 2, count: 8 },
          maxSeries: 50,
          queries: [
            {
              name: 'memory',
              query: 'heap_bytes',
              profile: 'memory',
              unit: 'bytes',
              limit: 2 * 1024 ** 3,
              loadQuery: 'rps',
              startQuery: 'restarts',
              on: ['job', 'instance'],
            },
          ],
        },
      },
    });
  });

  it('with --listen or --serve make a service', () => {
    const service = readDetectOptions([...url, '--detector', 'memory', '--listen', '0.0.0.0:9465'], {}, NOW);
    expect(service).toMatchObject({
      mode: 'service',
      config: { admin: { address: { host: '0.0.0.0', port: 9465 } } },
    });
    expect(readDetectOptions([...url, '--detector', 'memory', '--serve'], {}, NOW)).toMatchObject({
      mode: 'service',
    });
    const ofTheProxy = ['--detector', 'memory', '--listen', '127.0.0.1:8080'];
    expect(problems([...url, ...ofTheProxy])).toEqual([]);
    expect(problems(['--config', 'examples/detect.yaml', '--serve'])).toEqual([]);
  });
});
