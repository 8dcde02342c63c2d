import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { BUILT_IN_PROFILES } from '../../src/bench/built-in-profiles.ts';
import { scaleProfile } from '../../src/bench/scale-profile.ts';
import { readBenchProfile } from '../../src/commands/read-bench-profile.ts';

const folder = 'test/bench/invalid';

// The file without its ending, then its problems without the name of the file.
const table: [file: string, ...problems: string[]][] = [
  [
    'closed-and-open',
    ':3 requests: want no such thing beside stages, got 10',
    ':4 thinkTime: want no such thing beside stages, got "1s"',
  ],
  ['no-load', ':1: want stages (open loop), or requests or duration (closed loop), got none of them'],
  ['no-rate', ':3 stages: want a rate above 0 in at least one stage, got a list'],
  ['not-a-mapping', ':1: want a mapping of settings, got a list'],
  ['rate-and-from', ':4 stages[0]: want either rate, or from and to, got a mapping'],
  [
    'recovery-of-nothing',
    ':5 stages[1].name: want every name once, got "calm"',
    ':6 recovery.after: want the name of a stage (calm, calm), got "storm"',
    ':9 tools[1].name: want every tool once, got "a"',
  ],
  [
    'several',
    ':1 name: want a name of at most 60 letters, digits, _, - or ., got "x y"',
    ':2 users: want a whole number of users from 1 to 100000, got 0',
    ':4 stages[0].rate: want requests per second from 0 to 100000, got -1',
    ':4 stages[0].duration: want a duration such as 500ms, 10s or 5m, got "fast"',
    ':5 timeout: want a duration such as 500ms, 10s or 5m, got "0s"',
    ':6 sessions: want per_user or per_request, got "shared"',
    ':7 mix: want at least one weight above 0, got a mapping',
    ':8 abort.errors: want a share above 0, at most 1, got 5',
    ':10 tools[0].class: want one of read, write, complex, got "slow"',
    ':10 tools[0].arguments: want at least one mapping of arguments, got a list',
  ],
  ['slices-in-closed', ':4 slices: want stages beside it, got "1s"'],
  ['too-many-slices', ':5 slices: want slices of which the stages have at most 1000, got "1s"'],
  ['unknown-key', ':4 thinktime: unknown key, did you mean thinkTime?'],
];

describe('a file with a profile of one’s own', () => {
  it.each(table)('%s.yaml is refused with every problem in its place', (file, ...problems) => {
    const path = `${folder}/${file}.yaml`;
    expect(readBenchProfile(path)).toEqual({ ok: false, problems: problems.map((text) => `${path}${text}`) });
  });

  it('has a row here for each invalid file', () => {
    expect(readdirSync(folder).toSorted()).toEqual(table.map(([file]) => `${file}.yaml`));
  });

  it('is read with its units, and what it does not say is as in the built-in ones', () => {
    expect(readBenchProfile('test/bench/files/own.yaml')).toEqual({
      ok: true,
      profile: {
        name: 'checkout',
        about: 'The load of a sale',
        load: {
          kind: 'open',
          users: 20,
          stages: [
            { name: 'calm', fromPerSecond: 50, toPerSecond: 50, durationMs: 60_000 },
            { name: 'sale', fromPerSecond: 50, toPerSecond: 400, durationMs: 120_000 },
            { name: 'after', fromPerSecond: 50, toPerSecond: 50, durationMs: 60_000 },
          ],
          sliceMs: 30_000,
          recovery: { before: 'calm', after: 'after' },
        },
        shares: { read: 80, write: 20, complex: 0 },
        thinkTimeMs: 0,
        sessions: 'per_user',
        warmUpMs: 5000,
        timeoutMs: 10_000,
        abort: { connectionFailures: 20, errorRatio: 0.3, p99Ms: 5000 },
        tools: [
          { name: 'get_user', arguments: [{ user_id: '1' }, { user_id: '2' }] },
          { name: 'generate_report', class: 'write', weight: 2 },
        ],
        only: false,
        exclude: ['fetch_weather'],
      },
    });
  });

  it('has an example that is right', () => {
    expect(readBenchProfile('examples/bench-profile.yaml')).toMatchObject({
      ok: true,
      profile: { name: 'checkout' },
    });
  });

  it('says which profiles there are where a name is not one of them', () => {
    expect(readBenchProfile('substained')).toEqual({
      ok: false,
      problems: [
        '--profile: want one of light, medium, heavy, extreme, sustained, spike, endurance, autoscaling, scaling, tools or a file such as ./profile.yaml, got "substained", did you mean sustained?',
      ],
    });
    expect(readBenchProfile('./nowhere.yaml')).toEqual({
      ok: false,
      problems: ['./nowhere.yaml: want a readable file, got none (no such file)'],
    });
  });
});

describe('the profiles of the document', () => {
  const loadOf = (name: string) => BUILT_IN_PROFILES.find((each) => each.name === name)?.load;

  it.each([
    ['light', 10, 1000],
    ['medium', 50, 5000],
    ['heavy', 100, 10_000],
    ['extreme', 200, 20_000],
  ])('%s has %i users and %i requests', (name, users, requests) => {
    expect(loadOf(name)).toMatchObject({ kind: 'closed', users, requests });
  });

  it.each([
    ['sustained', 100, [[850, 850, 30]]],
    [
      'spike',
      100,
      [
        [100, 100, 5],
        [2000, 2000, 2],
        [100, 100, 5],
      ],
    ],
    ['endurance', 50, [[400, 400, 1440]]],
    ['autoscaling', 100, [[100, 3000, 30]]],
  ])('%s goes through its rates and minutes', (name, users, stages) => {
    expect(loadOf(name)).toMatchObject({
      kind: 'open',
      users,
      stages: stages.map(([fromPerSecond, toPerSecond, minutes = 0]) => ({
        fromPerSecond,
        toPerSecond,
        durationMs: minutes * 60_000,
      })),
    });
  });

  it('are shorter by the time scale, with the same rates', () => {
    const spike = BUILT_IN_PROFILES.find((each) => each.name === 'spike');
    expect(spike && scaleProfile(spike, 0.01).load).toMatchObject({
      sliceMs: 150,
      stages: [
        { fromPerSecond: 100, durationMs: 3000 },
        { fromPerSecond: 2000, durationMs: 1200 },
        { fromPerSecond: 100, durationMs: 3000 },
      ],
    });
  });
});
