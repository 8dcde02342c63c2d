import { describe, expect, it } from '@jest/globals';
import { client, server } from '../harness/postgres-messages.ts';
import { bound, drive, executed } from './postgres-driver.ts';

// Each call of `c` or `s` is a chunk; a millisecond passes after each.

/** Plays what one client sends, and after a wait of 300 ms what comes back in one chunk. */
function together(sent: readonly Buffer[], answers: readonly Buffer[]): string[] {
  const driver = drive();
  const { c, s } = driver.login();
  c(...sent);
  driver.nowMs += 299;
  s(...answers);
  return driver.taken();
}

const inserts = (count: number) => Array.from({ length: count }, () => executed('insert into t values (1)'));
const inserted = (count: number) =>
  Array.from({ length: count }, () => Buffer.concat([bound(), server.complete('INSERT 0 1')]));

describe('queries that are answered together', () => {
  it.each([
    [
      'BEGIN and a query: it is the query that took the time',
      [executed('begin'), executed('select 1'), client.sync()],
      [
        bound(),
        server.complete('BEGIN'),
        bound(),
        server.row('1'),
        server.complete('SELECT 1'),
        server.ready('T'),
      ],
      ['begin 0', 'select 300'],
    ],
    [
      'a batch: each the same',
      [...inserts(3), client.sync()],
      [...inserted(3), server.ready()],
      ['insert 100', 'insert 100', 'insert 100'],
    ],
    [
      'a transaction in one text',
      [client.query('begin; set local a = 1; update t set a = 1; commit')],
      [...['BEGIN', 'SET', 'UPDATE 1', 'COMMIT'].map((tag) => server.complete(tag)), server.ready()],
      ['begin 0', 'other 100', 'update 100', 'commit 100'],
    ],
    [
      'the last of them an error, which took its share',
      [client.query('begin; update t set a = 1')],
      [server.complete('BEGIN'), server.error('57014'), server.ready('E')],
      ['error update timeout 57', 'begin 0', 'update 300'],
    ],
    [
      'the last of them a fatal error',
      [executed('begin'), executed('delete from t'), client.sync()],
      [bound(), server.complete('BEGIN'), bound(), server.error('57P01', '', 'FATAL')],
      ['error delete admin_shutdown 57', 'begin 0', 'delete 300'],
    ],
    [
      'several transactions that were sent ahead',
      [client.query('begin'), client.query('select 1'), client.query('begin'), client.query('select 1')],
      ['BEGIN', 'SELECT 1', 'BEGIN', 'SELECT 1'].flatMap((tag) => [server.complete(tag), server.ready('T')]),
      ['begin 0', 'begin 0', 'select 150', 'select 150'],
    ],
    [
      'nothing but BEGIN: then that took it',
      [client.query('begin'), client.query('begin')],
      [server.complete('BEGIN'), server.ready('T'), server.notice('25001'), server.complete('BEGIN')],
      ['begin 150', 'begin 150'],
    ],
    [
      'fetches and empty queries, too',
      [client.query(''), client.bind('p', ''), client.execute('p', 1), client.sync()],
      [server.empty(), server.ready(), server.bound(), server.row('1'), server.suspended(), server.ready()],
      ['other 150', 'other 150'],
    ],
  ])('%s', (_, sent, answers, notes) => {
    expect(together(sent, answers)).toEqual(notes);
  });

  it('share with one that has begun to give its rows', () => {
    const driver = drive();
    const { c, s } = driver.login();
    const rows = server.row('x'.repeat(100));
    c(executed('begin'), executed('insert into t values (1)'), executed('select a from t'), client.sync());
    driver.nowMs += 299;
    // A server sends what it has held back when its buffer is full.
    s(
      bound(),
      server.complete('BEGIN'),
      bound(),
      server.complete('INSERT 0 1'),
      bound(),
      rows.subarray(0, 50),
    );
    expect(driver.taken()).toEqual(['begin 0', 'insert 150']);
    expect(driver.tap.activity().oldestQueryAgeMs).toBe(151);
    s(rows.subarray(50), server.complete('SELECT 1'), server.ready('T'));
    expect(driver.taken()).toEqual(['select 151']);
  });

  it.each([
    ['a row', server.row('1')],
    ['the beginning of a row', server.row('1').subarray(0, 3)],
    ['a notice', server.notice('00000')],
    ['data of a COPY', server.copyData('1\n')],
  ])('leave all the time to it if all they are is a BEGIN: it gives %s', (_, bytes) => {
    const driver = drive();
    const { c, s } = driver.login();
    c(client.query('begin; select 1'));
    driver.nowMs += 299;
    s(server.complete('BEGIN'), bytes);
    expect(driver.taken()).toEqual(['begin 0']);
    s(server.row('1').subarray(bytes.length === 3 ? 3 : 0), server.complete('SELECT 1'), server.ready('T'));
    expect(driver.taken()).toEqual(['select 301']);
  });

  it('do not share with one that has not begun', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(client.query('select 1'), executed('select 2'), client.sync());
    s(server.row('1'), server.complete('SELECT 1'), server.ready(), server.parsed(), server.noData());
    s(server.bound(), server.complete('SELECT 1'), server.ready());
    expect(taken()).toEqual(['select 1', 'select 1']);
    c(client.query('select 3'));
    s(server.complete('SELECT 1'), server.ready(), server.notice('01000'));
    expect(taken()).toEqual(['select 1']);
  });

  it('are exact when they come one by one', () => {
    const driver = drive();
    const { c, s } = driver.login();
    c(client.query('begin; select 1; commit'));
    driver.nowMs += 9;
    s(server.complete('BEGIN'));
    driver.nowMs += 99;
    s(server.row('1'), server.complete('SELECT 1'));
    s(server.complete('COMMIT'), server.ready());
    expect(driver.taken()).toEqual(['begin 10', 'select 100', 'commit 1']);
  });
});
