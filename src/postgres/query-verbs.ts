import type { QueryType } from '../model/database-traffic.ts';

const BASE = 27;

/** Most letters of a word that {@link withLetter} can hold exactly in a double. */
export const MAX_WORD_LETTERS = 11;

/** Adds a letter (1 for A or a, 26 for Z or z) to a word that is held as a number, so that no string need be made. */
export const withLetter = (word: number, letter: number): number => word * BASE + letter;

/** A word in capitals as the number that its letters make. */
const wordNumber = (word: string): number => {
  let number = 0;
  for (const letter of word) number = withLetter(number, letter.charCodeAt(0) - 64);
  return number;
};

/**
 * First words of statements by the kind of query they make; all others, such
 * as ROLLBACK, SET, SHOW, EXPLAIN, CALL, LISTEN or VACUUM, are `other`.
 */
const VERBS: Readonly<Partial<Record<QueryType, string>>> = {
  // FETCH reads rows of a query, too; SHOW and EXPLAIN read none.
  select: 'SELECT VALUES TABLE FETCH',
  insert: 'INSERT',
  // MERGE may insert, update and delete: what it is given rows for is mostly to bring a table up to date.
  update: 'UPDATE MERGE',
  delete: 'DELETE',
  begin: 'BEGIN',
  commit: 'COMMIT END',
  ddl: 'CREATE ALTER DROP TRUNCATE COMMENT GRANT REVOKE REINDEX REFRESH SECURITY IMPORT REASSIGN',
  copy: 'COPY',
};

/** Kind of query by the number of its first word. */
export const TYPE_OF_VERB: ReadonlyMap<number, QueryType> = new Map(
  Object.keys(VERBS).flatMap((key) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const type = key as QueryType;
    return (VERBS[type] ?? '').split(' ').map((verb): [number, QueryType] => [wordNumber(verb), type]);
  }),
);

/** Kinds of statement that a WITH can introduce, by the number of their verb. */
export const TYPE_AFTER_WITH: ReadonlyMap<number, QueryType> = new Map(
  ['SELECT', 'VALUES', 'TABLE', 'INSERT', 'UPDATE', 'DELETE', 'MERGE'].map((verb): [number, QueryType] => [
    wordNumber(verb),
    TYPE_OF_VERB.get(wordNumber(verb)) ?? 'other',
  ]),
);

/** `WITH` as a number: the kind of its statement comes later. */
export const WITH = wordNumber('WITH');
/** `SELECT` as a number: no common table expression can have it for a name. */
export const SELECT = wordNumber('SELECT');
/** `START` as a number: begins a transaction if TRANSACTION follows. */
export const START = wordNumber('START');
/** `PREPARE` as a number: the first phase of a commit if TRANSACTION follows. */
export const PREPARE = wordNumber('PREPARE');
/** `TRANSACTION` as a number. */
export const TRANSACTION = wordNumber('TRANSACTION');
/** `ATOMIC` as a number: in a CREATE it opens a body with semicolons of its own. */
export const ATOMIC = wordNumber('ATOMIC');
/** The prefix of a string with backslash escapes, `E`, as a number. */
export const ESCAPE_PREFIX = wordNumber('E');
