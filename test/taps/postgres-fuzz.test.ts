import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PostgresConnection } from '../../src/taps/postgres-connection.ts';
import { client, message, server } from '../harness/postgres-messages.ts';
import { seed } from '../transparency/seed.ts';
import { drive, timeOf } from './postgres-driver.ts';

const LIMITS = { maxStatements: 8, maxPipeline: 4 };

/** Most that a connection may keep under these limits: a start-up packet, names of both kinds, entries of the pipeline. */
const MOST_RETAINED = 10_000 + 2 * 8 + 16;

const fromClient = [
  client.startUp(),
  client.query('begin; select 1'),
  client.parse('a', 'insert into t values ($1)'),
  client.bind('p', 'a'),
  client.describe('P', 'p'),
  client.execute('p'),
  client.sync(),
  client.query('copy t from stdin'),
  client.copyData('1\n'),
  client.copyDone(),
  client.functionCall(),
  client.terminate(),
];
const fromServer = [
  server.welcome(),
  server.complete('BEGIN'),
  server.complete('SELECT 1'),
  server.ready('T'),
  server.parsed(),
  server.bound(),
  server.rowDescription(),
  server.complete('INSERT 0 1'),
  server.ready(),
  server.copyIn(),
  server.error('23505'),
  server.ready('E'),
  server.functionResult(),
  server.suspended(),
  server.notice('57P01'),
  server.row('1'),
  server.error('57P01', '', 'FATAL'),
];

const anyBytes = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes));
const anyMessage = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 40 }))
  .map(([type, payload]) => message(String.fromCharCode(type), Buffer.from(payload)));

/** Real messages in a wrong order, some of them with a byte changed or cut short, and things that are none. */
const bytesFrom = (real: readonly Buffer[]) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...real) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...real), fc.nat({ max: 60 }), fc.integer({ min: 0, max: 255 }))
        .map(([bytes, place, value]) => {
          const changed = Buffer.from(bytes);
          changed[place % changed.length] = value;
          return changed;
        }),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...real), fc.nat({ max: 60 }))
        .map(([bytes, end]) => bytes.subarray(0, end)),
    },
    { weight: 1, arbitrary: anyMessage },
    { weight: 1, arbitrary: anyBytes },
  );

const step = fc.oneof(
  bytesFrom(fromClient).map((bytes) => ({ bytes, isClient: true })),
  bytesFrom(fromServer).map((bytes) => ({ bytes, isClient: false })),
);

it('outlives any bytes in any chunks, keeps little, and ends', () => {
  const cases = fc.tuple(
    fc.boolean(),
    fc.array(step, { maxLength: 9 }),
    fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 }),
    fc.constantFrom('closed', 'shutdown', 'timeout', 'reset', 'unreachable'),
    fc.constantFrom('client', 'upstream'),
  );
  fc.assert(
    fc.property(cases, ([isLoggedIn, steps, cuts, kind, by]) => {
      const driver = drive(LIMITS);
      const { observer } = isLoggedIn ? driver.login() : driver.open();
      let turn = 0;
      for (const { bytes, isClient } of steps) {
        for (let at = 0; at < bytes.length;) {
          const size = cuts[turn++ % cuts.length]!;
          const chunk = Buffer.from(bytes.subarray(at, at + size));
          if (isClient) observer.fromClient(chunk);
          else observer.fromServer(chunk);
          at += size;
        }
        driver.nowMs++;
      }
      if ((observer as PostgresConnection).retained() > MOST_RETAINED) throw new Error('retains too much');
      const { oldestQueryAgeMs, oldestTransactionAgeMs } = driver.tap.activity();
      if (oldestQueryAgeMs < 0 || oldestTransactionAgeMs < 0) throw new Error('an age is negative');
      if (by === 'upstream') observer.serverEnded?.();
      observer.end({ kind, by, code: 'E' });
      const spentMs = timeOf(driver.lines);
      if (!(spentMs >= 0 && spentMs <= driver.nowMs - 1000)) throw new Error(`queries lasted ${spentMs} ms`);
      if (driver.lines.some((line) => / (-|NaN)[\d.]*$/.test(line) && !line.startsWith('error')))
        throw new Error('a time is negative');
      const kinds = driver.lines.filter((line) => line.startsWith('connection')).length;
      if (kinds !== (isLoggedIn ? 0 : 1)) throw new Error(`want one kind of connection, got ${kinds}`);
      if (driver.lines.filter((line) => line === 'dropped not_postgres').length > 1)
        throw new Error('dropped twice');
      const { connections } = driver.tap.activity();
      if (Object.values(connections).some((count) => count !== 0)) throw new Error('it is still there');
      // Whatever comes after the end changes nothing.
      const told = driver.lines.length;
      observer.fromClient(client.startUp());
      observer.fromServer(server.welcome());
      if (driver.lines.length !== told) throw new Error('told something after the end');
    }),
    { numRuns: 20_000, seed },
  );
}, 60_000);

it('keeps no more for a client that never stops sending', () => {
  const driver = drive(LIMITS);
  const { c, observer } = driver.login();
  for (let i = 0; i < 5000; i++) {
    const name = `${i}${'n'.repeat(500)}`;
    c(client.parse(name, 'select 1'), client.bind(name, name), client.execute(name), client.sync());
    c(client.copyDone(), client.sync(), client.query('select 1;'.repeat(100)), client.functionCall());
  }
  expect((observer as PostgresConnection).retained()).toBeLessThanOrEqual(MOST_RETAINED);
  expect(driver.taken()).toEqual(['dropped pipeline_full']);
});
