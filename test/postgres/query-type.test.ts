import { describe, expect, it } from '@jest/globals';
import { queryTypeOfSql } from '../../src/postgres/query-type.ts';
import { SqlReader } from '../../src/postgres/sql-reader.ts';

describe('queryTypeOfSql', () => {
  it.each([
    ['select 1', 'select'],
    ['SELECT', 'select'],
    ['((select 1)) union (select 2)', 'select'],
    ['values (1)', 'select'],
    ['TABLE t', 'select'],
    ['fetch 10 from c', 'select'],
    ['\t\n-- why\r\nInsert into t', 'insert'],
    ['/* a /* nested */ ; */update t', 'update'],
    ['merge into t', 'update'],
    ['delete from t', 'delete'],
    ['begin', 'begin'],
    ['START /* x */ TRANSACTION', 'begin'],
    ['start_something', 'other'],
    ['commit;', 'commit'],
    ['end', 'commit'],
    ["prepare transaction 'x'", 'commit'],
    ["commit prepared 'x'", 'commit'],
    ['prepare x as select 1', 'other'],
    ['rollback', 'other'],
    ['create table t as select 1', 'ddl'],
    ['truncate t', 'ddl'],
    ['refresh materialized view v', 'ddl'],
    ['copy t from stdin', 'copy'],
    ['show all', 'other'],
    ['explain analyze select 1', 'other'],
    ['selects', 'other'],
    ['select1', 'other'],
    ['sélect', 'other'],
    ['', 'other'],
    [' ; ; ', 'other'],
    ['-- only a comment', 'other'],
    ["'string'", 'other'],
    ['averyveryverylongwordthatisnoverb', 'other'],
  ])('%j is %s', (sql, type) => {
    expect(queryTypeOfSql(sql)).toBe(type);
  });

  it.each([
    ['with a as (select 1) select * from a', 'select'],
    ['with recursive a(n) as materialized (values (1)) insert into b select 1', 'insert'],
    ['WITH a AS (DELETE FROM x RETURNING *), b AS (SELECT 1) UPDATE c SET d = 1', 'update'],
    ['with insert as (select 1) delete from t', 'delete'],
    ['with "a) update" as (select 1) delete from t', 'delete'],
    ["with a as (select ')' || E'\\') insert ' || $q$ ) $$ insert $q$) merge into t", 'update'],
    ["with a as (select E'x''\\') update') insert into t", 'insert'],
    ['with a as (select $1, b$c$ from t) insert into t', 'insert'],
    ['with a as (select 1) (select 2)', 'select'],
    ['with a as (select 1) search depth first by b set c select 1', 'select'],
    [`with a as (select '${'x'.repeat(5000)}') insert into t`, 'other'],
  ])('%j is what its main statement is: %s', (sql, type) => {
    expect(queryTypeOfSql(sql)).toBe(type);
  });

  it('finds the verb behind a long comment', () => {
    expect(queryTypeOfSql(`/*${'*'.repeat(60_000)}*/ insert into t`)).toBe('insert');
  });
});

describe('a command tag reads like a statement', () => {
  it.each([
    ['SELECT 5', 'select'],
    ['FETCH 1', 'select'],
    ['INSERT 0 1', 'insert'],
    ['MERGE 2', 'update'],
    ['START TRANSACTION', 'begin'],
    ['PREPARE TRANSACTION', 'commit'],
    ['PREPARE', 'other'],
    ['ROLLBACK', 'other'],
    ['CREATE TABLE AS', 'ddl'],
    ['SECURITY LABEL', 'ddl'],
    ['COPY 7', 'copy'],
    ['START_REPLICATION', 'other'],
  ])('%j is %s', (tag, type) => {
    expect(typesOf(tag, 3, true)).toEqual([type]);
  });
});

function typesOf(sql: string, pieceBytes: number, isSingle = false): string[] {
  const bytes = Buffer.from(`${sql}\0`);
  const reader = new SqlReader();
  reader.reset(isSingle);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = Buffer.from(bytes.subarray(at, at + pieceBytes));
    reader.push(piece, 0, piece.length);
    piece.fill(0x41);
  }
  reader.end();
  return [...reader.types];
}

describe('statements of one text', () => {
  it.each([
    ['begin; insert into t values (1); commit', ['begin', 'insert', 'commit']],
    ["insert into t values (';', $a$;$a$, \";\", E'\\';') -- ;\n/*;*/; select 1;;", ['insert', 'select']],
    ['create rule r as on insert to t do (delete from a; update b set c = 1); select 1', ['ddl', 'select']],
    // What stands in such a body cannot be told from what follows it.
    ['create function f() begin atomic select 1; select 2; end; update t', ['ddl']],
    ['(select 1); update t set a = 1', ['select', 'update']],
    ['with a as (select 1) insert into t select 1; select 2', ['insert', 'select']],
    [
      '/*/ update t; */ select 1; /***/ delete from t; /* /*/ x */ * */; values (1)',
      ['select', 'delete', 'select'],
    ],
    ['select 1;\n', ['select']],
    ['', []],
  ])('%j has %j, in pieces of any size', (sql, types) => {
    for (let pieceBytes = 1; pieceBytes <= sql.length + 1; pieceBytes++) {
      expect(typesOf(sql, pieceBytes)).toEqual(types);
      expect(typesOf(sql, pieceBytes, true)).toEqual(types.slice(0, 1));
    }
  });

  it('tells no more of them than is worth remembering', () => {
    expect(typesOf('select 1;'.repeat(1000), 7)).toHaveLength(64);
  });
});
