import { describe, expect, it } from '@jest/globals';
import { readBenchOptions } from '../../src/commands/bench-options.ts';
import { planBench } from '../../src/commands/bench-plan.ts';
import { findBenchTarget } from '../../src/commands/bench-target.ts';
import { isPrivateAddress } from '../../src/bench/private-address.ts';
import { loadConfig } from '../../src/config/load-config.ts';

const read = (...argv: string[]) => readBenchOptions(argv);
const options = (...argv: string[]) => {
  const found = read(...argv);
  if (!found.ok) throw new Error(found.problems.join('; '));
  return found.options;
};

describe('the options of bench', () => {
  it.each<[string, string[], object]>([
    ['nothing: the demo under the profile light', [], { targets: [], command: [], timeScale: 1, runs: 1 }],
    [
      'several URLs',
      ['http://a/mcp', 'http://b/mcp', '--profile', 'scaling'],
      { targets: ['http://a/mcp', 'http://b/mcp'] },
    ],
    [
      'a command',
      ['--users', '5', '--', 'node', 'server.js', '--port', '1'],
      { command: ['node', 'server.js', '--port', '1'], users: 5 },
    ],
    ['a rate', ['http://a/mcp', '--rate', '200', '--for', '30s'], { ratePerSecond: 200, durationMs: 30_000 }],
    [
      'headers',
      ['http://a/mcp', '--header', 'X-Tenant: one', '--header=X-B: 2'],
      { headers: { plain: { 'X-Tenant': 'one', 'X-B': '2' }, bearer: undefined } },
    ],
    [
      'a token',
      ['http://a/mcp', '--bearer-env', 'TOKEN'],
      { headers: { plain: {}, bearer: { env: 'TOKEN' } } },
    ],
    ['tools', ['http://a/mcp', '--tools', 'a, b', '--exclude=c'], { tools: ['a', 'b'], exclude: ['c'] }],
  ])('take %s', (_what, argv, expected) => {
    expect(options(...argv)).toMatchObject(expected);
  });

  it.each<[string[], string[]]>([
    [['--users', '0'], ['--users: want a whole number from 1 to 100000, got "0"']],
    [['--rate', 'fast', '--for', '10s'], ['--rate: want a number above 0, at most 100000, got "fast"']],
    [['--rate', '10'], ['--rate: want --for beside it, got none']],
    [['--for', '10'], ['--for: want a duration such as 500ms, 10s or 5m, got "10"']],
    [['--header', 'no colon'], ["--header: want 'Name: value', got something else"]],
    [['--sessions', 'shared'], ['--sessions: want per_user or per_request, got "shared"']],
    [['http://a/mcp', '--demo'], ['target: want one of a URL, a command behind -- and --demo, got several']],
    [
      ['--profile', 'light', '--rate', '1', '--for', '1s'],
      ['--rate: want it without --profile, got both', '--for: want it without --profile, got both'],
    ],
    [['--tools', 'a,,b'], ['--tools: want names, separated by commas, got "a,,b"']],
    [['--bearer-env', 'A', '--bearer-file', 'b'], ['--bearer-file: want it without --bearer-env, got both']],
    [['--'], ['--: want the command of a server, got none']],
  ])('%j are refused', (argv, problems) => {
    expect(read(...argv)).toEqual({ ok: false, problems });
  });

  it('leave settings to the configuration', () => {
    expect(read('http://a/mcp', '--server.workers', '4', '--users', '3')).toMatchObject({
      rest: ['--server.workers', '4'],
    });
  });
});

describe('the plan', () => {
  it('has what the options say over what the profile says', () => {
    const argv = [
      '--profile',
      'sustained',
      '--time-scale',
      '0.1',
      '--users',
      '7',
      '--timeout',
      '2s',
      '--abort-errors',
      '0.2',
    ];
    expect(planBench(options(...argv))).toMatchObject({
      ok: true,
      profile: {
        name: 'sustained',
        timeoutMs: 2000,
        load: { users: 7, stages: [{ durationMs: 180_000 }] },
        abort: { errorRatio: 0.2, connectionFailures: 50 },
      },
    });
  });

  it.each<[string[], string]>([
    [
      ['--rate', '20000', '--for', '1s'],
      'profile own: want at most 10000 requests/s (--max-rate), got 20000',
    ],
    [
      ['--profile', 'spike', '--think-time', '1s'],
      '--think-time: want it with a closed loop, got an open one: its requests have their times',
    ],
    [['--arguments', 'nowhere.yaml'], '--arguments nowhere.yaml: want YAML or JSON, got no such file'],
  ])('of %j is refused', (argv, problem) => {
    expect(planBench(options(...argv))).toEqual({ ok: false, problems: [problem] });
  });
});

describe('the target', () => {
  const loaded = loadConfig({ env: {}, flags: [] });
  if (!loaded.ok) throw new Error(loaded.problems.join('; '));
  const names: Readonly<Record<string, readonly string[]>> = {
    'inside.example': ['10.1.2.3', 'fd00::1'],
    'half.example': ['10.1.2.3', '93.184.216.34'],
    'outside.example': ['93.184.216.34'],
  };
  const resolve = async (host: string): Promise<readonly string[]> => {
    const found = names[host];
    if (found === undefined) throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    return found;
  };
  const find = (...argv: string[]) => findBenchTarget(options(...argv), loaded.config, resolve);
  const refusal =
    "want a loopback or private address, or --yes-i-own-this-server, got neither: load on somebody else's server is an attack";

  it.each([
    ['http://127.0.0.1:8000/mcp', true],
    ['http://[::1]:8000/mcp', true],
    ['http://192.168.1.20:8000/mcp', false],
    ['http://inside.example/mcp', false],
  ])('%s may be loaded', async (url, isLocal) => {
    expect(await find(url)).toMatchObject({ ok: true, target: { over: 'http', isLocal } });
  });

  it.each([
    ['http://93.184.216.34/mcp', `93.184.216.34: ${refusal}`],
    ['http://outside.example/mcp', `outside.example (93.184.216.34): ${refusal}`],
    ['http://half.example/mcp', `half.example (93.184.216.34): ${refusal}`],
    ['http://nowhere.example/mcp', 'nowhere.example: want a name that can be resolved, got ENOTFOUND'],
    [
      'http://user:secret@127.0.0.1/mcp',
      'want a URL such as http://127.0.0.1:8000/mcp without user and fragment, got "http://***@127.0.0.1/mcp"',
    ],
    [
      'checkout',
      'want URLs such as http://127.0.0.1:8000/mcp or the name of a probe, got "checkout" (none is configured)',
    ],
  ])('%s is refused', async (url, problem) => {
    expect(await find(url)).toEqual({ ok: false, problems: [problem] });
  });

  it('may be anywhere for its owner, who says so', async () => {
    expect(await find('http://outside.example/mcp', '--yes-i-own-this-server')).toMatchObject({
      ok: true,
      target: { endpoints: [{ addresses: ['93.184.216.34'] }] },
    });
  });

  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['::ffff:8.8.8.8', false],
    ['172.16.0.1', true],
    ['172.32.0.1', false],
    ['100.64.0.1', true],
    ['fe80::1', true],
    ['2001:db8::1', false],
    ['0.0.0.0', false],
  ])('%s is an own address: %s', (address, own) => {
    expect(isPrivateAddress(address)).toBe(own);
  });
});
