import { describe, expect, it } from '@jest/globals';
import { client, server } from '../harness/postgres-messages.ts';
import { bound, drive, executed } from './postgres-driver.ts';

// Each call of `c` or `s` is a chunk; a millisecond passes after each.

describe('simple queries', () => {
  it('last from their message to their completion', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(client.query('select 1'));
    s(server.rowDescription(), server.row('1'));
    s(server.complete('SELECT 1'), server.ready());
    expect(taken()).toEqual(['select 2']);
  });

  it('of several statements count once for each, from one completion to the next', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(client.query('begin; insert into t values (1); create table u as select 1; commit'));
    s(server.complete('BEGIN'));
    s(server.complete('INSERT 0 1'));
    s(server.complete('SELECT 1'));
    s(server.complete('COMMIT'), server.ready());
    expect(taken()).toEqual(['begin 1', 'insert 1', 'ddl 1', 'commit 1']);
  });

  it('that fail are counted, too, by the statement that failed', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(client.query('begin; update t set a = 1; commit'));
    s(server.complete('BEGIN'), server.error('40P01'), server.ready('E'));
    expect(taken()).toEqual(['error update deadlock 40', 'begin 0', 'update 1']);
    c(client.query('rollback'));
    s(server.complete('ROLLBACK'), server.ready());
    expect(taken()).toEqual(['other 1']);
  });

  it('take their kind from the command tag, which knows what became of them', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(client.query('execute p(1)'));
    s(server.complete('INSERT 0 1'), server.ready());
    c(client.query('commit'));
    s(server.complete('ROLLBACK'), server.ready());
    c(client.query(''));
    s(server.empty(), server.ready());
    expect(taken()).toEqual(['insert 1', 'other 1', 'other 1']);
  });

  it('sent ahead are not charged for those before them', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(client.query('select 1'), client.query('delete from t'));
    s();
    s(server.complete('SELECT 1'), server.ready());
    s(server.complete('DELETE 0'), server.ready());
    expect(taken()).toEqual(['select 2', 'delete 1']);
  });

  it('may be function calls', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(client.functionCall());
    s(server.functionResult(), server.ready());
    c(client.functionCall());
    s(server.error('42883'), server.ready());
    expect(taken()).toEqual(['other 1', 'error other syntax_error_or_access_rule_violation 42', 'other 1']);
  });
});

describe('extended queries', () => {
  it('last from the first message of theirs, not from their Execute', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(client.parse('', 'select $1'));
    c(client.bind('', ''));
    c(client.execute(''), client.sync());
    s(bound(), server.complete('SELECT 1'), server.ready());
    expect(taken()).toEqual(['select 3']);
  });

  it('begin anew after a Flush: its answer was waited for', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(client.parse('a', 'insert into t values ($1)'), client.describe('S', 'a'), client.flush());
    s(server.parsed(), server.noData());
    c(client.bind('', 'a'), client.execute(''), client.sync());
    s(server.bound(), server.complete('INSERT 0 1'), server.ready());
    expect(taken()).toEqual(['insert 1']);
  });

  it('suspend, and are then of the kind that was prepared; each Execute counts, as each FETCH does', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(
      client.parse('q', 'select * from t'),
      client.bind('cursor', 'q'),
      client.execute('cursor', 10),
      client.flush(),
    );
    s(bound(), server.row('1'), server.suspended());
    c(client.execute('cursor', 10), client.sync());
    s(server.complete('SELECT 3'), server.ready());
    expect(taken()).toEqual(['select 1', 'select 1']);
  });

  it('fail by the name that was prepared, and take those behind them along up to the Sync', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(client.parse('ins', 'insert into t values ($1)'), client.sync());
    s(server.parsed(), server.ready());
    c(client.bind('', 'ins'), client.execute(''), executed('update t set a = 1'), client.sync());
    c(executed('select 1'), client.sync());
    s(server.bound(), server.error('23505'), server.ready());
    s(bound(), server.complete('SELECT 1'), server.ready());
    expect(taken()).toEqual(['error insert integrity_constraint_violation 23', 'insert 2', 'select 1']);
  });

  it('that fail before their Sync was sent leave the server deaf until it comes', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(executed('delete from t'), client.flush());
    s(server.error('57014'));
    c(executed('select 1'), client.query('select 2'), client.parse('p', 'insert into t'));
    c(client.sync(), executed('update t'), client.sync());
    s(server.ready(), bound(), server.complete('UPDATE 1'), server.ready());
    // What it passed over was not prepared either.
    c(client.bind('', 'p'), client.execute(''), client.sync());
    s(server.error('26000'), server.ready());
    expect(taken()).toEqual([
      'error delete timeout 57',
      'delete 1',
      'update 1',
      'error other invalid_sql_statement_name 26',
      'other 1',
    ]);
  });

  it('count an error but no query if it is in a Parse alone', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(client.parse('', 'select nonsense'), client.describe('S', ''), client.sync());
    s(server.error('42703'), server.ready());
    c(client.parse('', 'insert nonsense'), client.flush());
    s(server.error('42601'));
    c(client.sync());
    s(server.ready());
    expect(taken()).toEqual(['error select undefined_column 42', 'error insert syntax_error 42']);
  });

  it('may fail at their Sync, when constraints are checked', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(executed('insert into t values (1)'), client.sync());
    s(bound(), server.complete('INSERT 0 1'), server.error('23505'), server.ready());
    expect(taken()).toEqual(['error insert integrity_constraint_violation 23', 'insert 1']);
  });

  it('of names that were closed or pushed out are other if they fail', () => {
    const { login, taken } = drive({ maxStatements: 2, maxPipeline: 10 });
    const { c, s } = login();
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) c(client.parse(name, 'delete from t'));
    c(client.close('S', 'd'), client.sync());
    s(server.parsed(), server.parsed(), server.parsed(), server.parsed(), server.closed(), server.ready());
    for (const name of names) {
      c(client.bind('', name), client.execute(''), client.sync());
      s(server.error('40001'), server.ready());
    }
    const errors = taken().filter((line) => line.startsWith('error'));
    expect(errors.map((line) => line.split(' ')[1])).toEqual(['other', 'other', 'delete', 'other']);
  });
});

describe('what may come at any time', () => {
  it('changes nothing', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    s(server.notification(), server.parameter('TimeZone', 'UTC'), server.notice('01000'));
    c(client.query('select 1'));
    s(server.notification(), server.parameter('a', 'b'), server.notice('42P01'), server.complete('SELECT 1'));
    s(server.ready(), server.notification());
    expect(taken()).toEqual(['select 1']);
  });
});

describe('what does not fit', () => {
  it('is dropped and counted once, and the next ReadyForQuery mends it', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    s(server.complete('SELECT 1'));
    s(server.complete('SELECT 1'), server.ready());
    c(executed('select 1'), client.sync());
    s(server.ready());
    c(client.query('select 1'));
    s(server.complete('SELECT 1'), server.ready());
    expect(taken()).toEqual(['dropped unknown_answer', 'select 1']);
  });

  it('such as a deep pipeline, is followed again once all is answered', () => {
    const { login, taken, tap } = drive({ maxStatements: 10, maxPipeline: 3 });
    const { c, s } = login();
    const many = Array.from({ length: 6 }, () => Buffer.concat([executed('select 1'), client.sync()]));
    c(...many, client.query('select 1'));
    for (let i = 0; i < 6; i++) s(bound(), server.complete('SELECT 1'), server.ready());
    expect(tap.activity().connections.active).toBe(1);
    s(server.error('40001'), server.ready());
    expect(tap.activity().connections.idle).toBe(1);
    c(client.query('delete from t'));
    s(server.complete('DELETE 1'), server.ready());
    expect(taken()).toEqual(['dropped pipeline_full', 'error - serialization_failure 40', 'delete 1']);
  });

  // What a client sends, in one write, before the Sync that it owes for the messages before its Query.
  it.each([
    ['a Parse', client.parse('', 'nonsense')],
    ['a Bind', client.bind('', 'nonsense')],
    ['a Describe', client.describe('S', 'nonsense')],
  ])(
    'such as %s without a Sync that fails: the Query behind it is passed over and gets no answer',
    (_, dangling) => {
      const { login, taken, tap } = drive();
      const { c, s } = login();
      c(dangling, client.query('select 1'), client.functionCall(), client.sync(), client.query('select 2'));
      s(server.error('26000'), server.ready());
      s(server.complete('SELECT 1'), server.ready());
      expect(tap.activity().connections).toMatchObject({ idle: 1, active: 0 });
      c(client.query('delete from t'));
      expect(tap.activity().connections).toMatchObject({ idle: 0, active: 1 });
      s(server.complete('DELETE 1'), server.ready());
      expect(taken()).toEqual(['error - invalid_sql_statement_name 26', 'delete 1']);
    },
  );

  it.each([
    ['passed over, up to the Sync that follows', true],
    ['what failed', false],
  ])('such as a Query without the Sync that it lacks before it: it may be %s', (_, isPassedOver) => {
    const { login, taken, tap } = drive();
    const { c, s } = login();
    c(client.parse('', 'select 1'), client.query('select 2'));
    if (isPassedOver) {
      s(server.error('42601'));
      c(client.query('select 3'), client.sync());
      s(server.ready());
    } else s(server.parsed(), server.error('42601'), server.ready());
    expect(tap.activity().connections).toMatchObject({ idle: 1, active: 0 });
    c(client.query('delete from t'));
    s(server.complete('DELETE 1'), server.ready());
    expect(taken()).toEqual(['error - syntax_error 42', 'delete 1']);
  });

  it('does not doubt a Query behind what cannot fail, or did not', () => {
    const { login, taken } = drive();
    const { c, s } = login();
    c(client.close('S', 'a'), client.query('update t set a = 1'));
    s(server.closed(), server.error('40001'), server.ready());
    c(client.parse('', 'select 1'), client.query('select 1; select 2'));
    s(server.parsed(), server.complete('SELECT 1'), server.error('40001'), server.ready());
    c(executed('insert into t values (1)'), client.query('select 1'));
    s(bound(), server.complete('INSERT 0 1'), server.error('40001'), server.ready());
    expect(taken()).toEqual([
      'error update serialization_failure 40',
      'update 1',
      'error select serialization_failure 40',
      'select 0.5',
      'select 0.5',
      'error select serialization_failure 40',
      'insert 0.5',
      'select 0.5',
    ]);
  });
});
