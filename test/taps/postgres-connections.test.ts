import { describe, expect, it, jest } from '@jest/globals';
import { PostgresConnection } from '../../src/taps/postgres-connection.ts';
import { client, message, server } from '../harness/postgres-messages.ts';
import { drive } from './postgres-driver.ts';

const TLS_HELLO = Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);

describe('the kind of a connection', () => {
  it.each([
    ['plain', [client.startUp()]],
    ['replication', [client.startUp({ user: 'a', replication: 'true' })]],
    ['replication', [client.startUp({ replication: 'database', user: 'a' })]],
    ['plain', [client.startUp({ user: 'replication', replication: 'off' })]],
    ['cancel', [client.cancel(7)]],
    ['cancel', [client.cancel(7, 256)]],
    ['opaque', [TLS_HELLO]],
    ['unknown', []],
    ['unknown', [client.sslRequest()]],
    ['unknown', [client.startUp().subarray(0, 11)]],
  ])('is %s, in any chunking: case %#', (kind, packets) => {
    for (const isWhole of [true, false]) {
      const { open, taken } = drive();
      const { c, observer } = open();
      const bytes = Buffer.concat(packets);
      if (isWhole) c(bytes);
      else for (const byte of bytes) c(Buffer.from([byte]));
      observer.end({ kind: 'closed', by: 'client' });
      expect(taken()).toEqual([`connection ${kind}`]);
    }
  });

  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['protocol 2', Buffer.concat([Buffer.from([0, 0, 0, 9]), Buffer.from([0, 2, 0, 0]), Buffer.from([0])])],
    ['a request of a length that is not its', Buffer.from([0, 0, 0, 9, 4, 0xd2, 0x16, 0x2f, 0])],
    ['a negative length', Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 3, 0, 0])],
  ])('is unknown, and dropped, if it is %s', (_, bytes) => {
    const { open, taken, tap } = drive();
    const { c, s, observer } = open();
    c(bytes);
    c(client.query('select 1'));
    s(server.error('08P01'));
    expect(tap.activity().connections.opaque).toBe(1);
    observer.end({ kind: 'closed', by: 'client' });
    expect(taken()).toEqual(['connection unknown', 'dropped not_postgres']);
  });

  it.each(['S', 'G'])('is opaque once its encryption is granted by %s', (answer) => {
    const { open, taken, tap } = drive();
    const { c, s, observer } = open();
    c(answer === 'S' ? client.sslRequest() : client.gssEncRequest());
    s(Buffer.from(answer));
    c(TLS_HELLO);
    s(Buffer.from('anything'));
    expect(tap.activity().connections.opaque).toBe(1);
    observer.end({ kind: 'closed', by: 'client' });
    expect(taken()).toEqual(['connection opaque']);
  });

  it('is plain if each encryption was declined', () => {
    const { open, taken } = drive();
    const { c, s } = open();
    c(client.gssEncRequest());
    s(Buffer.from('N'));
    c(client.sslRequest());
    s(Buffer.from('N'));
    c(client.startUp());
    s(server.welcome());
    c(client.query('select 1'));
    s(server.complete('SELECT 1'), server.ready());
    expect(taken()).toEqual(['connection plain', 'select 1']);
  });

  it('is not known if another protocol answers', () => {
    const { open, taken } = drive();
    const { s } = open();
    s(Buffer.from('J\0\0\0\n5.7.1'));
    expect(taken()).toEqual(['connection unknown', 'dropped not_postgres']);
  });

  it('stays what it was if its messages break off, and is opaque from then on', () => {
    const { login, taken, tap } = drive();
    const { c, s, observer } = login();
    c(message('?'));
    s(server.complete('SELECT 1'));
    expect(tap.activity().connections.opaque).toBe(1);
    observer.end({ kind: 'closed', by: 'client' });
    expect(taken()).toEqual(['dropped not_postgres']);
  });

  it.each([
    ['too short', Buffer.from([0x43, 0, 0, 0, 3])],
    ['too long', Buffer.from([0x44, 0x40, 0, 0, 2])],
    ['negative', Buffer.from([0x44, 0x80, 0, 0, 0])],
  ])('ends in doubt if a length is %s', (_, bytes) => {
    const { login, taken } = drive();
    login().s(bytes);
    expect(taken()).toEqual(['dropped not_postgres']);
  });
});

describe('failures outside of queries', () => {
  it.each([
    ['unreachable', 'unreachable', { kind: 'unreachable', code: 'ECONNREFUSED' } as const],
    ['a timeout', 'connect_timeout', { kind: 'timeout' } as const],
  ])('%s is an error', (_, word, end) => {
    const { open, taken } = drive();
    open().observer.end(end);
    expect(taken()).toEqual([`error - ${word} -`, 'connection unknown']);
  });

  it('a refused log-in is an error by its SQLSTATE, wherever that stands', () => {
    const { open, taken } = drive();
    const { c, s } = open();
    c(client.startUp());
    c(client.password('secret'));
    s(server.error('28P01', 'MC40P01\0Xnothing\0', 'FATAL'));
    expect(taken()).toEqual(['connection plain', 'error - invalid_authorization 28']);
  });

  it('a server that could not start a process says so in a line of text', () => {
    const { open, taken } = drive();
    const { c, s, observer } = open();
    c(client.sslRequest());
    s(Buffer.from('Ecould not fork new process for connection: no memory\n\0'));
    observer.end({ kind: 'closed', by: 'client' });
    expect(taken()).toEqual(['error - other -', 'connection unknown']);
  });
});

describe('cancel requests', () => {
  const cancel = (driver: ReturnType<typeof drive>, processId: number) => {
    const { c, observer } = driver.open();
    c(client.cancel(processId));
    observer.end({ kind: 'closed', by: 'client' });
  };

  it('tell a cancelled query from one that took too long', () => {
    const driver = drive();
    const [a, b] = [driver.login(1), driver.login(2)];
    a.c(client.query('select 1'));
    b.c(client.query('select 1'));
    cancel(driver, 1);
    b.s(server.error('57014'), server.ready());
    a.s(server.error('57014'), server.ready());
    expect(driver.taken()).toEqual([
      'connection cancel',
      'error select timeout 57',
      'select 2',
      'error select canceled 57',
      'select 4',
    ]);
  });

  it('hold for what runs and for the query after that, no longer', () => {
    const driver = drive();
    const { c, s } = driver.login(1);
    const run = (answer: Buffer) => {
      c(client.query('select 1'));
      s(answer, server.ready());
    };
    c(client.query('select 1'));
    cancel(driver, 1);
    s(server.complete('SELECT 1'), server.ready());
    run(server.error('57014'));
    run(server.error('57014'));
    cancel(driver, 1);
    run(server.complete('SELECT 1'));
    run(server.error('57014'));
    expect(driver.taken().filter((line) => line.startsWith('error'))).toEqual([
      'error select canceled 57',
      'error select timeout 57',
      'error select timeout 57',
    ]);
  });

  it('of processes that are gone or unknown change nothing', () => {
    const driver = drive();
    const first = driver.login(1);
    const second = driver.login(1);
    first.observer.end({ kind: 'closed', by: 'client' });
    second.c(client.query('select 1'));
    cancel(driver, 1);
    cancel(driver, 99);
    second.s(server.error('57014'), server.ready());
    expect(driver.taken()).toContain('error select canceled 57');
  });
});

describe('activity', () => {
  it('tells states, transactions and ages', () => {
    const driver = drive();
    const { tap } = driver;
    const [a, b, , d] = [driver.login(1), driver.login(2), driver.login(3), driver.open()];
    a.c(client.query('begin; insert into t values (1)'));
    a.s(server.complete('BEGIN'), server.complete('INSERT 0 1'), server.ready('T'));
    b.c(client.query('start transaction'));
    b.s(server.complete('START TRANSACTION'), server.ready('T'));
    b.c(client.query('select pg_sleep(10)'));
    d.c(client.sslRequest());
    driver.nowMs += 100;
    expect(tap.activity()).toEqual({
      connections: { starting: 1, idle: 1, active: 1, idle_in_transaction: 1, opaque: 0, closing: 0 },
      transactionsOpen: 2,
      oldestTransactionAgeMs: 106,
      oldestQueryAgeMs: 102,
    });
    b.s(server.error('57014'), server.ready('E'));
    expect(tap.activity()).toMatchObject({ connections: { idle_in_transaction: 2 }, transactionsOpen: 2 });
    a.c(client.query('commit and chain'));
    a.s(server.complete('COMMIT'), server.ready('T'));
    b.c(client.query('rollback'));
    b.s(server.complete('ROLLBACK'), server.ready());
    expect(tap.activity()).toMatchObject({ transactionsOpen: 1, oldestTransactionAgeMs: 4 });
    for (const line of [a, b, d]) line.observer.end({ kind: 'closed', by: 'client' });
    expect(tap.activity()).toEqual({
      connections: { starting: 0, idle: 1, active: 0, idle_in_transaction: 0, opaque: 0, closing: 0 },
      transactionsOpen: 0,
      oldestTransactionAgeMs: 0,
      oldestQueryAgeMs: 0,
    });
  });

  it('counts the age of a query sent ahead from the end of the one before it', () => {
    const { login, tap } = drive();
    const { c, s } = login();
    c(client.query('select 1'), client.query('select 2'));
    for (let i = 0; i < 5; i++) s();
    expect(tap.activity().oldestQueryAgeMs).toBe(6);
    s(server.complete('SELECT 1'), server.ready());
    expect(tap.activity().oldestQueryAgeMs).toBe(1);
  });

  it('is counted anew only after something has come, gone or said something', () => {
    const driver = drive();
    const { tap } = driver;
    const { c, s, observer } = driver.login();
    const states = jest.spyOn(PostgresConnection.prototype, 'state');
    const countedBy = (change: () => void): number => {
      change();
      states.mockClear();
      for (let i = 0; i < 5; i++) tap.activity();
      return states.mock.calls.length;
    };
    expect(countedBy(() => {})).toBe(1);
    expect(countedBy(() => driver.nowMs++)).toBe(0);
    expect(countedBy(() => c(client.query('select 1')))).toBe(1);
    driver.nowMs += 10;
    expect(tap.activity().oldestQueryAgeMs).toBe(11);
    expect(countedBy(() => s(server.complete('SELECT 1'), server.ready()))).toBe(1);
    expect(countedBy(() => driver.open())).toBe(2);
    expect(countedBy(() => observer.serverEnded?.())).toBe(2);
    expect(countedBy(() => observer.end({ kind: 'closed', by: 'upstream' }))).toBe(1);
    states.mockRestore();
  });
});
