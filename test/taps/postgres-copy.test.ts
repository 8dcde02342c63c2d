import { describe, expect, it } from '@jest/globals';
import { client, server } from '../harness/postgres-messages.ts';
import { bound, drive, executed } from './postgres-driver.ts';

// Each call of `c` or `s` is a chunk; a millisecond passes after each.

describe('COPY', () => {
  it('lasts until its data are through', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(client.query('copy t from stdin'));
    s(server.copyIn());
    for (let i = 0; i < 5; i++) c(client.copyData('1\n'));
    c(client.copyDone());
    s(server.complete('COPY 5'), server.ready());
    c(client.query('copy t to stdout'));
    s(server.copyOut(), server.copyData('1\n'), server.copyDone(), server.complete('COPY 1'), server.ready());
    expect(taken()).toEqual(['copy 8', 'copy 1']);
  });

  it.each([
    ['seen before the data end', true],
    ['sent blindly', false],
  ])('in the extended protocol: the Sync before its data gets no answer (%s)', (_, waits) => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(executed('copy t from stdin'), client.sync());
    if (waits) s(bound(), server.copyIn());
    c(client.copyData('1\n'), client.copyDone(), client.sync());
    c(executed('select 1'), client.sync());
    if (!waits) s(bound(), server.copyIn());
    s(server.complete('COPY 1'), server.ready());
    s(bound(), server.complete('SELECT 1'), server.ready());
    expect(taken().map((line) => line.split(' ')[0])).toEqual(['copy', 'select']);
  });

  it('that fails half way ends at the Sync behind its data', () => {
    const { login, taken, tap } = drive();
    const { c, s } = login();
    c(executed('copy t from stdin'), client.sync());
    s(bound(), server.copyIn());
    c(client.copyData('x\n'));
    s(server.error('22P02'));
    c(client.copyData('y\n'), client.copyDone(), client.sync());
    s(server.ready());
    c(client.query('select 1'));
    s(server.complete('SELECT 1'), server.ready());
    expect(taken()).toEqual(['error copy data_exception 22', 'copy 3', 'select 1']);
    expect(tap.activity().connections.idle).toBe(1);
  });

  it('is broken off by any other message, which is lost with all up to the Sync', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(executed('copy t from stdin'), client.flush());
    s(bound(), server.copyIn());
    c(client.close('S', 'a'), client.parse('a', 'delete from t'), client.sync());
    s(server.error('08P01'), server.ready());
    c(client.bind('', 'a'), client.execute(''), client.sync());
    s(server.error('26000'), server.ready());
    expect(taken()).toEqual([
      'error copy connection_exception 08',
      'copy 3',
      'error other invalid_sql_statement_name 26',
      'other 1',
    ]);
  });

  it('given up by the client is canceled, though the server has one state for that and for a timeout', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(client.query('copy t from stdin'));
    s(server.copyIn());
    c(client.copyFail('no more'));
    s(server.error('57014'), server.ready());
    expect(taken()).toEqual(['error copy canceled 57', 'copy 3']);
  });

  it('for replication has no duration', () => {
    const { open, taken, tap, lines } = drive();
    const { c, s } = open();
    c(client.startUp({ user: 'app', replication: 'database' }));
    s(server.welcome());
    c(client.query('START_REPLICATION SLOT s LOGICAL 0/0'));
    s(server.copyBoth(), server.copyData('w'));
    expect(tap.activity()).toMatchObject({ oldestQueryAgeMs: 0, connections: { active: 0, opaque: 1 } });
    s(server.copyDone(), server.complete('START_REPLICATION'), server.ready());
    expect(lines).toEqual(['connection replication']);
    expect(tap.activity().connections).toMatchObject({ idle: 1, opaque: 0 });
    c(client.query('select 1'));
    s(server.complete('SELECT 1'), server.ready());
    expect(taken()).toEqual(['connection replication', 'select 1']);
  });
});
