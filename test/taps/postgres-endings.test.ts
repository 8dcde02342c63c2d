import { describe, expect, it } from '@jest/globals';
import type { ConnectionEnd } from '../../src/model/connection.ts';
import { client, server } from '../harness/postgres-messages.ts';
import { bound, drive, executed } from './postgres-driver.ts';

// Each call of `c` or `s` is a chunk; a millisecond passes after each.

const CLOSED_BY_CLIENT: ConnectionEnd = { kind: 'closed', by: 'client' };
const RESET_BY_CLIENT: ConnectionEnd = { kind: 'reset', by: 'client', code: 'ECONNRESET' };
const CLOSED_BY_UPSTREAM: ConnectionEnd = { kind: 'closed', by: 'upstream' };
const RESET_BY_UPSTREAM: ConnectionEnd = { kind: 'reset', by: 'upstream', code: 'ECONNRESET' };

describe('a connection that ends while a query runs', () => {
  it.each([
    [RESET_BY_UPSTREAM, ['update 50', 'error update connection_lost -']],
    [CLOSED_BY_UPSTREAM, ['update 50', 'error update connection_lost -']],
    [RESET_BY_CLIENT, ['update 50', 'error update client_gone -']],
    [CLOSED_BY_CLIENT, ['update 50', 'error update client_gone -']],
    [{ kind: 'shutdown' }, []],
  ] as [ConnectionEnd, string[]][])('by %j has its time so far', (end, notes) => {
    const driver = drive();
    const { c, observer } = driver.login();
    c(client.query('update t set a = 1'));
    driver.nowMs += 49;
    observer.end(end);
    expect(driver.taken()).toEqual(notes);
  });

  it.each([[RESET_BY_UPSTREAM], [CLOSED_BY_UPSTREAM], [RESET_BY_CLIENT], [CLOSED_BY_CLIENT]])(
    'by %j has no error if its client said Terminate',
    (end) => {
      const { login, taken } = drive();
      const { c, observer } = login();
      c(client.query('update t set a = 1'), client.terminate());
      observer.end(end);
      expect(taken()).toEqual(['update 1']);
    },
  );

  it.each([RESET_BY_UPSTREAM, RESET_BY_CLIENT])('or none tells nothing: %j', (end) => {
    const { login, taken } = drive();
    const [idle, answered, failed, stream] = [login(1), login(2), login(3), login(4)];
    idle.observer.end(end);
    answered.c(client.query('select 1'));
    answered.s(server.complete('SELECT 1'), server.ready());
    answered.observer.end(end);
    failed.c(client.query('select 1'));
    failed.s(server.error('42703'));
    failed.observer.end(end);
    stream.c(client.query('START_REPLICATION SLOT s LOGICAL 0/0'));
    stream.s(server.copyBoth());
    stream.observer.end(end);
    expect(taken()).toEqual(['select 1', 'error select undefined_column 42', 'select 1']);
  });

  it.each([
    [
      'the first without an answer',
      [executed('insert into t'), executed('update t'), client.sync()],
      'insert',
    ],
    ['what was sent with a BEGIN', [executed('begin'), executed('update t'), client.sync()], 'update'],
    ['what stands behind a BEGIN', [client.query('begin; update t set a = 1')], 'update'],
    ['a BEGIN alone', [client.query('begin'), client.query('select 1')], 'begin'],
    [
      'a BEGIN before a Sync',
      [executed('begin'), client.sync(), executed('update t'), client.sync()],
      'begin',
    ],
  ])('names %s, and counts no other', (_, sent, type) => {
    const { login, taken } = drive();
    const { c, observer } = login();
    c(...sent);
    observer.end(RESET_BY_UPSTREAM);
    expect(taken()).toEqual([`${type} 1`, `error ${type} connection_lost -`]);
  });

  it('names the next once that was answered', () => {
    const { login, taken } = drive();
    const { c, s, observer } = login();
    c(client.query('begin; insert into t values (1); update t set a = 1'));
    s(server.complete('BEGIN'), server.complete('INSERT 0 1'));
    observer.end(RESET_BY_CLIENT);
    expect(taken()).toEqual(['begin 0', 'insert 1', 'update 1', 'error update client_gone -']);
  });
});

describe('Terminate', () => {
  it('lets what runs go on until it is answered', () => {
    const { login, taken, tap } = drive();
    const { c, s, observer } = login();
    c(client.query('begin; update t set a = 1'), client.terminate());
    // Nothing that comes after it is heard.
    c(
      client.query('select 1'),
      executed('select 1'),
      client.copyDone(),
      client.functionCall(),
      client.sync(),
    );
    expect(tap.activity()).toMatchObject({ connections: { active: 1 }, oldestQueryAgeMs: 2 });
    s(server.complete('BEGIN'), server.complete('UPDATE 1'), server.ready('T'));
    expect(tap.activity()).toMatchObject({
      connections: { idle: 1 },
      transactionsOpen: 0,
      oldestQueryAgeMs: 0,
    });
    observer.end(CLOSED_BY_CLIENT);
    expect(taken()).toEqual(['begin 0', 'update 2']);
  });

  it('ends the transaction that its client idles in', () => {
    const { login, tap } = drive();
    const { c, s } = login();
    c(client.query('begin'));
    s(server.complete('BEGIN'), server.ready('T'));
    c(client.terminate());
    expect(tap.activity()).toMatchObject({ connections: { idle: 1 }, transactionsOpen: 0 });
  });
});

describe('a database that ends a connection', () => {
  it.each([
    ['an error', server.error('57P01', '', 'FATAL'), ['error - admin_shutdown 57']],
    ['the notice that stands for one', server.notice('57P01'), ['error - admin_shutdown 57']],
    ['the notice of a crash', server.notice('57P02'), ['error - crash_shutdown 57']],
    ['any other notice', server.notice('01000'), []],
  ])('may say so by %s', (_, farewell, notes) => {
    const { login, taken } = drive();
    const { s, observer } = login();
    s(farewell);
    observer.serverEnded?.();
    expect(taken()).toEqual(notes);
    observer.end(CLOSED_BY_UPSTREAM);
    expect(taken()).toEqual([]);
  });

  it.each([
    ['error', server.error('57P01', '', 'FATAL'), ['error update admin_shutdown 57', 'update 1']],
    ['notice', server.notice('57P01'), ['update 2', 'error update admin_shutdown 57']],
  ])('while a query runs: %s', (_, farewell, notes) => {
    const { login, taken } = drive();
    const { c, s, observer } = login();
    c(client.query('update t set a = 1'));
    s(farewell);
    observer.end(RESET_BY_UPSTREAM);
    expect(taken()).toEqual(notes);
  });

  it.each([
    ['57P01', 'succeeds', [server.complete('DO'), server.ready()], ['other 2']],
    ['57P02', 'succeeds', [server.complete('DO'), server.ready()], ['other 2']],
    ['57P01', 'fails', [server.error('42703')], ['error other undefined_column 42', 'other 2']],
  ])(
    'has not done so if it is code of a user that gives notice of %s, and %s',
    (sqlstate, _, answers, notes) => {
      const { login, taken, tap } = drive();
      const { c, s, observer } = login();
      c(client.query('do $$ begin raise notice $a$x$a$ using errcode = 1; end $$'));
      s(server.notice(sqlstate));
      expect(tap.activity().connections.active).toBe(1);
      s(...answers);
      expect(taken()).toEqual(notes);
      observer.serverEnded?.();
      expect(taken()).toEqual([]);
    },
  );

  it('tells what was lost at once, though its client holds on', () => {
    const { login, taken, tap } = drive();
    const { c, observer } = login();
    c(client.query('update t set a = 1'));
    observer.serverEnded?.();
    expect(taken()).toEqual(['update 1', 'error update connection_lost -']);
    expect(tap.activity()).toMatchObject({ connections: { active: 0, closing: 1 }, oldestQueryAgeMs: 0 });
    c(client.query('select 1'));
    observer.end(CLOSED_BY_CLIENT);
    expect(taken()).toEqual([]);
  });

  it('leaves it closing until its client has ended it, too', () => {
    const driver = drive();
    const { tap } = driver;
    const refused = driver.open();
    refused.c(client.startUp());
    refused.s(server.error('28P01', '', 'FATAL'));
    const unforked = driver.open();
    unforked.c(client.startUp());
    unforked.s(Buffer.from('Ecould not fork\n\0'));
    const [cut, ended, opaque] = [driver.login(1), driver.login(2), driver.open()];
    cut.c(client.query('begin'));
    cut.s(server.complete('BEGIN'), server.ready('T'));
    cut.s(server.error('25P03', '', 'FATAL'));
    ended.observer.serverEnded?.();
    opaque.c(client.sslRequest());
    opaque.s(Buffer.from('S'));
    expect(tap.activity()).toMatchObject({ connections: { closing: 4, opaque: 1 }, transactionsOpen: 0 });
    opaque.observer.serverEnded?.();
    const all = [refused, unforked, cut, ended, opaque];
    expect(tap.activity().connections.closing).toBe(all.length);
    // What a client still sends is for nobody.
    cut.c(client.query('select 1'), executed('select 1'), client.sync());
    cut.s(bound());
    expect(tap.activity()).toMatchObject({ connections: { closing: all.length }, oldestQueryAgeMs: 0 });
    driver.taken();
    for (const { observer } of all) observer.end(CLOSED_BY_CLIENT);
    expect(tap.activity().connections.closing).toBe(0);
    expect(driver.taken()).toEqual([]);
  });
});
