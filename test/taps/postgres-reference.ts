import { EventEmitter } from 'node:events';
import { parse } from 'pg-protocol';
import { STATEMENTS, type Sent, type Statement } from './postgres-conversation.ts';

interface Expected {
  readonly sent: Sent;
  readonly type: string;
  readonly atMs: number;
  done: number;
}

const typeOfTag = (tag: string): string =>
  tag.startsWith('SET') ? 'other' : (STATEMENTS.find((one) => one.tag === tag)?.type ?? 'other');

const typeOfAnswer = (running: string, tag: string): string =>
  running === 'ddl' && tag.startsWith('SELECT') ? 'ddl' : typeOfTag(tag);

/**
 * A plain implementation of what the tap should see, to compare it with: it
 * expects an answer to every single message, and reads those of the server
 * with node-postgres' own parser.
 */
export class Reference {
  readonly lines: string[] = [];
  readonly #expected: Expected[] = [];
  readonly #stream = new EventEmitter();
  readonly #statements = new Map<string, Statement>();
  readonly #portals = new Map<string, Statement>();
  #isIgnoring = false;
  #isCopying = false;
  #sinceMs: number | undefined;
  #lastDoneMs = 0;
  #lastType = '-';
  #nowMs = 0;
  /** What was answered in the chunk that is being read. */
  readonly #answered: { readonly type: string; readonly sinceMs: number }[] = [];
  #isReady = false;
  /** Bytes of the server from the message on that began last. */
  #tail: Buffer = Buffer.alloc(0);

  constructor() {
    // oxlint-disable-next-line typescript/no-explicit-any
    void parse(this.#stream as any, (message) => this.#answer(message));
  }

  /** A message of the client has come in whole. */
  client(sent: Sent, nowMs: number): void {
    if (this.#isCopying) {
      if (sent.kind === 'copyDone' || sent.kind === 'copyFail') this.#isCopying = false;
      return;
    }
    if (sent.kind === 'sync') this.#isIgnoring = false;
    if (this.#isIgnoring) return;
    const expect = (type: string, atMs = nowMs) => this.#expected.push({ sent, type, atMs, done: 0 });
    switch (sent.kind) {
      case 'query':
        expect(sent.statements[0]?.type ?? 'other');
        break;
      case 'parse':
        this.#statements.set(sent.name, sent.statement);
        this.#sinceMs ??= nowMs;
        this.#lastType = sent.statement.type;
        expect(this.#lastType);
        break;
      case 'bind': {
        const statement = this.#statements.get(sent.name);
        if (statement) this.#portals.set(sent.portal, statement);
        else this.#portals.delete(sent.portal);
        this.#sinceMs ??= nowMs;
        this.#lastType = statement?.type ?? 'other';
        expect(this.#lastType);
        break;
      }
      case 'describe':
        this.#sinceMs ??= nowMs;
        expect(this.#lastType);
        break;
      case 'execute':
        this.#lastType = this.#portals.get(sent.portal)?.type ?? 'other';
        expect(this.#lastType, this.#sinceMs ?? nowMs);
        this.#sinceMs = undefined;
        break;
      case 'close':
        this.#statements.delete(sent.name);
        expect(this.#lastType);
        break;
      case 'sync':
        expect(this.#lastType);
        this.#sinceMs = undefined;
        this.#lastType = '-';
        break;
      case 'flush':
        this.#sinceMs = undefined;
        break;
      case 'copyDone':
      case 'copyFail':
        expect('-');
        break;
      case 'copyData':
        break;
    }
  }

  /** Bytes of the server have come. */
  server(chunk: Buffer, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#stream.emit('data', Buffer.from(chunk));
    this.#settle(this.#lastMessage(chunk) === 'D');
  }

  /** Type of the message that began last. */
  #lastMessage(chunk: Buffer): string {
    this.#tail = Buffer.concat([this.#tail, chunk]);
    while (this.#tail.length > 5 && this.#tail.length > 1 + this.#tail.readInt32BE(1))
      this.#tail = this.#tail.subarray(1 + this.#tail.readInt32BE(1));
    return this.#tail.toString('latin1', 0, 1);
  }

  /** What came in one chunk shares its time, and so does a query whose rows the chunk ends with; but no BEGIN does. */
  #settle(isWithinRows: boolean): void {
    const all = this.#answered.splice(0);
    const sharers = all.filter(({ type }) => type !== 'begin').length + Number(isWithinRows);
    const passedMs = this.#nowMs - (all[0]?.sinceMs ?? this.#nowMs);
    const shareMs = passedMs / (sharers === 0 ? all.length : sharers);
    // The tap keeps no order among what came together, but by kind.
    for (const kind of new Set(all.map(({ type }) => type)))
      for (const { type } of all.filter((one) => one.type === kind))
        this.lines.push(`${type} ${type === 'begin' && sharers > 0 ? 0 : shareMs}`);
    if (all.length > 0) this.#lastDoneMs = isWithinRows ? this.#nowMs - shareMs : this.#nowMs;
    else if (this.#isReady && !isWithinRows) this.#lastDoneMs = this.#nowMs;
    this.#isReady = false;
  }

  #head(): Expected {
    while (this.#expected[0]?.sent.kind.startsWith('copy')) this.#expected.shift();
    const head = this.#expected[0];
    if (!head) throw new Error('reference: want a message that is answered, got none');
    return head;
  }

  #record(head: Expected, type: string): void {
    this.#answered.push({ type, sinceMs: Math.max(head.atMs, this.#lastDoneMs) });
    head.done++;
    if (head.sent.kind === 'execute') this.#expected.shift();
  }

  #answer(message: { readonly name: string; readonly text?: string; readonly code?: string }): void {
    const head = this.#head();
    const running =
      head.sent.kind === 'query' ? (head.sent.statements[head.done]?.type ?? 'other') : head.type;
    switch (message.name) {
      case 'parseComplete':
      case 'bindComplete':
      case 'closeComplete':
      case 'rowDescription':
        this.#expected.shift();
        break;
      case 'commandComplete':
        this.#record(head, typeOfAnswer(running, message.text ?? ''));
        break;
      case 'emptyQuery':
        this.#record(head, 'other');
        break;
      case 'portalSuspended':
        this.#record(head, running);
        break;
      case 'copyInResponse':
        this.#copyIn();
        break;
      case 'error':
        this.#error(head, running, message.code ?? '');
        break;
      case 'readyForQuery':
        this.#expected.shift();
        this.#isReady = true;
        break;
    }
  }

  #copyIn(): void {
    const [head, ...later] = this.#expected.splice(0);
    const end = later.findIndex(({ sent }) => sent.kind === 'copyDone' || sent.kind === 'copyFail');
    this.#isCopying = end === -1;
    const before = later.slice(0, end === -1 ? later.length : end).filter(({ sent }) => sent.kind !== 'sync');
    this.#expected.push(head!, ...before, ...(end === -1 ? [] : later.slice(end + 1)));
  }

  #error(head: Expected, running: string, code: string): void {
    const words: Record<string, string> = {
      '42601': 'syntax_error 42',
      '26000': 'invalid_sql_statement_name 26',
      '34000': 'invalid_cursor_name 34',
      '23505': 'integrity_constraint_violation 23',
      '40P01': 'deadlock 40',
      '57014': 'canceled 57',
      '08P01': 'connection_exception 08',
    };
    this.#isCopying = false;
    const { kind } = head.sent;
    if (kind === 'query') {
      this.lines.push(`error ${running} ${words[code]}`);
      this.#record(head, running);
      return;
    }
    const sync = this.#expected.findIndex(({ sent }) => sent.kind === 'sync');
    const skipped = this.#expected.splice(0, sync === -1 ? this.#expected.length : sync);
    // The tap does not follow which message before an Execute failed: it blames the Execute that comes of it.
    const execute = skipped.find(({ sent }) => sent.kind === 'execute');
    const type = execute?.type ?? (sync === -1 ? this.#lastType : this.#expected[0]!.type);
    this.lines.push(`error ${type} ${words[code]}`);
    this.#isIgnoring = sync === -1;
    if (!execute) return;
    this.#expected.unshift(execute);
    this.#record(execute, type);
  }
}
