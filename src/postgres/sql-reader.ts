import type { QueryType } from '../model/database-traffic.ts';
import {
  ATOMIC,
  ESCAPE_PREFIX,
  MAX_WORD_LETTERS,
  PREPARE,
  SELECT,
  START,
  TRANSACTION,
  TYPE_AFTER_WITH,
  TYPE_OF_VERB,
  WITH,
  withLetter,
} from './query-verbs.ts';
import {
  BLOCK_COMMENT,
  CLASS_OF,
  DOLLAR_STRING,
  ESCAPE_STRING,
  LETTER,
  LINE_COMMENT,
  NAME,
  QUOTED_NAME,
  SPACE,
  SqlQuote,
  STRING,
} from './sql-quote.ts';

/** Bytes of SQL, not counting comments, that are looked at in a text; kinds that show only behind them stay `other`. */
const MAX_SQL_BYTES = 4096;
/** Most statements of one text whose kinds are told. */
const MAX_STATEMENTS = 64;

// What of a statement is being looked for.
const VERB = 0;
const TRANSACTION_WORD = 1; // after START or PREPARE
const MAIN_VERB = 2; // after WITH
const SEMICOLON = 3;
const NOTHING = 4;

const QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;
const DOLLAR = 0x24;
const OPEN = 0x28;
const CLOSE = 0x29;
const STAR = 0x2a;
const DASH = 0x2d;
const SLASH = 0x2f;
const SEMI = 0x3b;

/** Not a word that could be a verb: too long, or with a digit. */
const NO_WORD = -1;

/**
 * Tells the kinds of the statements of a SQL text that comes in chunks, by
 * their verbs. Of the text it keeps nothing but the word being read, as a
 * number. It follows comments, strings, dollar quotes and parentheses (source:
 * PostgreSQL documentation, "Lexical Structure") as far as finding verbs and
 * semicolons needs it; a command tag reads like a statement.
 */
export class SqlReader {
  /** Kinds of the statements found so far, in order; good until the next {@link reset}. */
  readonly types: QueryType[] = [];
  readonly #quote = new SqlQuote();
  #isSingle = false;
  #wanted = VERB;
  #room = 0;
  /** The punctuation just before, if it was `-` or `/`. */
  #last = 0;
  /** Whether the byte before closed a string with escapes: should a quote follow, that string goes on. */
  #closedEscapes = false;
  #word = 0;
  #letters = 0;
  #verb = 0;
  #parentheses = 0;
  /** Whether a parenthesis on the outermost level was closed just before. */
  #afterClose = false;
  #isCreate = false;

  /** Makes the reader ready for a text; `isSingle` says that only its first statement is wanted. */
  reset(isSingle: boolean): void {
    this.types.length = 0;
    this.#isSingle = isSingle;
    this.#room = MAX_SQL_BYTES;
    this.#quote.kind = 0;
    this.#beginStatement();
  }

  /** Whether all that is wanted is known: the rest of the text need not be read. */
  get isDone(): boolean {
    return this.#wanted === NOTHING;
  }

  /** Reads bytes of the text; a NUL ends it. Keeps no reference to the chunk. */
  push(chunk: Uint8Array, from: number, end: number): void {
    let at = from;
    while (at < end && this.#wanted !== NOTHING) {
      const { kind } = this.#quote;
      if (kind === LINE_COMMENT || kind === BLOCK_COMMENT) {
        at = this.#quote.pass(chunk, at, end);
        continue;
      }
      const stop = Math.min(end, at + this.#room);
      const next = kind === 0 ? this.#code(chunk, at, stop) : this.#quote.pass(chunk, at, stop);
      this.#closedEscapes = kind === ESCAPE_STRING && this.#quote.kind === 0;
      this.#room -= next - at;
      at = next;
      if (this.#room <= 0) this.#wanted = NOTHING;
    }
  }

  /** Says that the text ended without a NUL. */
  end(): void {
    if (this.#wanted !== NOTHING && this.#quote.kind === 0) this.#endWord();
    this.#wanted = NOTHING;
  }

  #beginStatement(): void {
    this.#wanted = this.types.length < MAX_STATEMENTS ? VERB : NOTHING;
    this.#last = 0;
    this.#closedEscapes = false;
    this.#word = 0;
    this.#letters = 0;
    this.#parentheses = 0;
    this.#afterClose = false;
    this.#isCreate = false;
  }

  /** Reads code up to something that is quoted or a comment; returns the index behind what was read. */
  #code(chunk: Uint8Array, from: number, end: number): number {
    let at = from;
    while (at < end) {
      const byte = chunk[at]!;
      const kind = CLASS_OF[byte]!;
      if (kind === LETTER) {
        const isShort = this.#letters < MAX_WORD_LETTERS && this.#word !== NO_WORD;
        this.#word = isShort ? withLetter(this.#word, byte & 0x1f) : NO_WORD;
        this.#letters++;
      } else if (kind === NAME || (byte === DOLLAR && this.#letters > 0)) {
        this.#word = NO_WORD;
        this.#letters++;
      } else {
        const isEscape =
          byte === QUOTE && (this.#word === ESCAPE_PREFIX || (this.#closedEscapes && at === from));
        if (this.#letters > 0) {
          const isVerb = this.#wanted === VERB;
          this.#endWord();
          if (isVerb && this.#wanted === SEMICOLON && isLastStatement(chunk, at, end)) this.#wanted = NOTHING;
          if (this.#wanted === NOTHING) return at;
        }
        at++;
        if (kind === SPACE) this.#last = 0;
        else if (this.#punctuation(byte, isEscape)) return at;
        continue;
      }
      this.#last = 0;
      at++;
    }
    return at;
  }

  /** Takes note of a byte that is part of no word; says whether it leads out of code, or out of the text. */
  #punctuation(byte: number, isEscape: boolean): boolean {
    const last = this.#last;
    this.#last = byte === DASH || byte === SLASH ? byte : 0;
    switch (byte) {
      case 0:
        this.#wanted = NOTHING;
        return true;
      case QUOTE:
        this.#afterClose = false;
        this.#quote.open(isEscape ? ESCAPE_STRING : STRING);
        return true;
      case DOUBLE_QUOTE:
        this.#afterClose = false;
        this.#quote.open(QUOTED_NAME);
        return true;
      case DOLLAR:
        this.#afterClose = false;
        this.#quote.open(DOLLAR_STRING);
        return true;
      case DASH:
        if (last !== DASH) return false;
        this.#last = 0;
        this.#quote.open(LINE_COMMENT);
        return true;
      case SLASH:
        return false;
      case STAR:
        if (last !== SLASH) return false;
        this.#quote.open(BLOCK_COMMENT);
        return true;
      case OPEN:
        // WITH … (SELECT …): a query in parentheses where the verb should be.
        if (this.#wanted === MAIN_VERB && this.#afterClose) this.#found('select');
        this.#parentheses++;
        this.#afterClose = false;
        return this.#wanted === NOTHING;
      case CLOSE:
        if (this.#parentheses > 0) this.#parentheses--;
        this.#afterClose = this.#parentheses === 0;
        return false;
      case SEMI:
        // The actions of a rule stand in parentheses, with semicolons of their own.
        if (this.#parentheses > 0 && this.#wanted !== VERB) return false;
        if (this.#isSingle && this.#wanted !== VERB) this.#wanted = NOTHING;
        else this.#beginStatement();
        return this.#wanted === NOTHING;
      default:
        this.#afterClose = false;
        return false;
    }
  }

  #endWord(): void {
    if (this.#letters === 0) return;
    const word = this.#word;
    this.#word = 0;
    this.#letters = 0;
    switch (this.#wanted) {
      case VERB:
        this.#enter(word);
        break;
      case TRANSACTION_WORD:
        this.#found(word !== TRANSACTION ? 'other' : this.#verb === START ? 'begin' : 'commit');
        break;
      case MAIN_VERB: {
        if (this.#parentheses > 0) break;
        const type = this.#afterClose || word === SELECT ? TYPE_AFTER_WITH.get(word) : undefined;
        this.#afterClose = false;
        if (type) this.#found(type);
        break;
      }
      default:
        if (this.#isCreate && word === ATOMIC) this.#wanted = NOTHING;
    }
  }

  #enter(verb: number): void {
    const type = TYPE_OF_VERB.get(verb);
    this.types.push(type ?? 'other');
    this.#verb = verb;
    this.#isCreate = type === 'ddl';
    this.#parentheses = 0;
    if (verb === WITH) this.#wanted = MAIN_VERB;
    else if (verb === START || verb === PREPARE) this.#wanted = TRANSACTION_WORD;
    else this.#wanted = this.#isSingle ? NOTHING : SEMICOLON;
  }

  #found(type: QueryType): void {
    this.types[this.types.length - 1] = type;
    this.#wanted = this.#isSingle ? NOTHING : SEMICOLON;
  }
}

/** Whether a text surely ends without another statement: its NUL is in sight, and no semicolon but just before it. */
function isLastStatement(chunk: Uint8Array, from: number, end: number): boolean {
  if (chunk[end - 1] !== 0) return false;
  for (let at = from; at < end; at++) if (chunk[at] === SEMI) return at === end - 2;
  return true;
}
