import type { BenchProfile, Load } from './profile.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What profiles have in common. */
export const PROFILE_DEFAULTS = {
  // The document's tool mix: "60 % read, 30 % write, 10 % complex".
  shares: { read: 60, write: 30, complex: 10 },
  thinkTimeMs: 0,
  sessions: 'per_user',
  warmUpMs: 10 * SECOND,
  // That of the document's own script.
  timeoutMs: 30 * SECOND,
  abort: { connectionFailures: 50 },
  tools: [],
  only: false,
  exclude: [],
} as const satisfies Partial<BenchProfile>;

const profile = (name: string, about: string, load: Load): BenchProfile => ({
  ...PROFILE_DEFAULTS,
  name,
  about,
  load,
});

const closed = (users: number, requests: number): Load => ({ kind: 'closed', users, requests, rampUpMs: 0 });

/** The load tests of the benchmark document, under "Benchmark Script", "Load Testing Results" and "Scaling Characteristics". */
export const BUILT_IN_PROFILES: readonly BenchProfile[] = [
  profile('light', '1,000 requests of 10 users, closed loop', closed(10, 1000)),
  profile('medium', '5,000 requests of 50 users, closed loop', closed(50, 5000)),
  profile('heavy', '10,000 requests of 100 users, closed loop', closed(100, 10_000)),
  profile('extreme', '20,000 requests of 200 users, closed loop', closed(200, 20_000)),
  profile('sustained', '850 requests/s of 100 users for 30 min', {
    kind: 'open',
    users: 100,
    stages: [{ name: 'sustained', fromPerSecond: 850, toPerSecond: 850, durationMs: 30 * MINUTE }],
    sliceMs: 5 * MINUTE,
  }),
  profile('spike', '100, 2,000 and again 100 requests/s for 5, 2 and 5 min, with the time to recover', {
    kind: 'open',
    users: 100,
    stages: [
      { name: 'baseline', fromPerSecond: 100, toPerSecond: 100, durationMs: 5 * MINUTE },
      { name: 'spike', fromPerSecond: 2000, toPerSecond: 2000, durationMs: 2 * MINUTE },
      { name: 'recovery', fromPerSecond: 100, toPerSecond: 100, durationMs: 5 * MINUTE },
    ],
    sliceMs: 15 * SECOND,
    recovery: { before: 'baseline', after: 'recovery' },
  }),
  profile('endurance', '400 requests/s of 50 users for 24 h, hour by hour, with what the detectors find', {
    kind: 'open',
    users: 50,
    stages: [{ name: 'endurance', fromPerSecond: 400, toPerSecond: 400, durationMs: 24 * HOUR }],
    hourMs: HOUR,
  }),
  profile('autoscaling', 'from 100 to 3,000 requests/s over 30 min', {
    kind: 'open',
    users: 100,
    stages: [{ name: 'ramp', fromPerSecond: 100, toPerSecond: 3000, durationMs: 30 * MINUTE }],
    // The document's table has what held at a minute: longer slices of a ramp would blur it.
    sliceMs: MINUTE,
  }),
  profile('scaling', '1, 2, 4, … endpoints as fast as 50 users each can, 1 min for each number', {
    kind: 'scaling',
    usersEach: 50,
    durationMs: MINUTE,
  }),
  profile('tools', 'each tool alone with 10 users for 30 s, lists in sizes of 10, 50, 100 and 500', {
    kind: 'tools',
    users: 10,
    durationMs: 30 * SECOND,
    batchSizes: [10, 50, 100, 500],
  }),
];
