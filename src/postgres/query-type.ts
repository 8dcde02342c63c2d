import type { QueryType } from '../model/database-traffic.ts';
import { SqlReader } from './sql-reader.ts';
import { MAX_WORD_LETTERS, TYPE_OF_VERB, withLetter } from './query-verbs.ts';

/** Characters of a text that are looked at; a verb behind a longer comment is not found. */
const MAX_SQL_CHARACTERS = 65_536;

const reader = new SqlReader();

/** Kind of a text that begins with a plain verb, which nearly all do; undefined if it takes reading. */
function typeOfFirstWord(text: string): QueryType | undefined {
  let word = 0;
  const end = Math.min(text.length, MAX_WORD_LETTERS + 1);
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at);
    const letter = code & 0x1f;
    const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
    if (!isLetter) return code === 0x20 || code === 0x0a ? TYPE_OF_VERB.get(word) : undefined;
    word = withLetter(word, letter);
  }
  return undefined;
}

/**
 * Tells the kind of a SQL text by its first statement: comments and opening
 * parentheses before the verb are skipped, and a WITH is what its main
 * statement is. Keeps nothing of the text.
 */
export function queryTypeOfSql(text: string): QueryType {
  const plain = typeOfFirstWord(text);
  if (plain !== undefined) return plain;
  const bytes = Buffer.from(text.slice(0, MAX_SQL_CHARACTERS));
  reader.reset(true);
  reader.push(bytes, 0, bytes.length);
  reader.end();
  return reader.types[0] ?? 'other';
}
