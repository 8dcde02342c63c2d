import fc from 'fast-check';
import { client, server } from '../harness/postgres-messages.ts';

/** Statements of generated conversations: their text, their kind, and the tag they end with. */
export const STATEMENTS = [
  { sql: 'select 1', type: 'select', tag: 'SELECT 1' },
  { sql: '/* ; */ update t set a = 1', type: 'update', tag: 'UPDATE 7' },
  { sql: "insert into t values (';')", type: 'insert', tag: 'INSERT 0 1' },
  { sql: 'with x as (select 1) delete from t', type: 'delete', tag: 'DELETE 0' },
  { sql: 'create table u as select 1', type: 'ddl', tag: 'SELECT 1' },
  { sql: 'begin', type: 'begin', tag: 'BEGIN' },
  { sql: 'commit', type: 'commit', tag: 'COMMIT' },
  { sql: 'set a = b', type: 'other', tag: 'SET' },
  { sql: 'copy t to stdout', type: 'copy', tag: 'COPY 3' },
  { sql: 'copy t from stdin', type: 'copy', tag: 'COPY 3' },
] as const;

export type Statement = (typeof STATEMENTS)[number];

/** What a scripted client sends, one message each. */
export type Sent =
  | { readonly kind: 'query'; readonly statements: readonly Statement[]; readonly failsAt: number }
  | { readonly kind: 'parse'; readonly name: string; readonly statement: Statement; readonly fails: boolean }
  | { readonly kind: 'bind'; readonly portal: string; readonly name: string }
  | { readonly kind: 'execute'; readonly portal: string; readonly fails: boolean; readonly suspends: boolean }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'describe' | 'sync' | 'flush' | 'copyData' | 'copyDone' | 'copyFail' };

/** The bytes of a message. */
export function bytesOf(sent: Sent): Buffer {
  switch (sent.kind) {
    case 'query':
      return client.query(sent.statements.map(({ sql }) => sql).join('; '));
    case 'parse':
      return client.parse(sent.name, sent.statement.sql);
    case 'bind':
      return client.bind(sent.portal, sent.name);
    case 'execute':
      return client.execute(sent.portal);
    case 'close':
      return client.close('S', sent.name);
    case 'describe':
      return client.describe('P', '');
    case 'copyData':
      return client.copyData('1\t2\n');
    case 'copyFail':
      return client.copyFail('no more');
    default:
      return client[sent.kind]();
  }
}

/** A server that answers messages as PostgreSQL does, errors and passing over included. */
export class ScriptedServer {
  readonly #statements = new Map<string, Statement>();
  readonly #portals = new Map<string, Statement>();
  #isIgnoring = false;
  /** What is still to be done of a query that reads a COPY, and what it is part of. */
  #copy: { readonly rest: () => Buffer[]; readonly isSimple: boolean } | undefined;

  answer(sent: Sent): Buffer[] {
    if (this.#copy) return this.#copying(sent);
    if (sent.kind === 'sync') {
      this.#isIgnoring = false;
      return [server.ready()];
    }
    if (this.#isIgnoring) return [];
    switch (sent.kind) {
      case 'query':
        return this.#simple(sent.statements, 0, sent.failsAt);
      case 'parse':
        if (sent.fails) return this.#fail('42601');
        this.#statements.set(sent.name, sent.statement);
        return [server.parsed()];
      case 'bind': {
        const statement = this.#statements.get(sent.name);
        if (!statement) return this.#fail('26000');
        this.#portals.set(sent.portal, statement);
        return [server.bound()];
      }
      case 'execute':
        return this.#execute(sent);
      case 'close':
        this.#statements.delete(sent.name);
        return [server.closed()];
      case 'describe':
        return [server.rowDescription()];
      default:
        return [];
    }
  }

  #execute(sent: Sent & { readonly kind: 'execute' }): Buffer[] {
    const statement = this.#portals.get(sent.portal);
    if (!statement) return this.#fail('34000');
    if (sent.fails) return this.#fail('23505');
    if (sent.suspends && statement.type === 'select') return [server.row('1'), server.suspended()];
    const done = () => [server.complete(statement.tag)];
    if (statement.sql !== 'copy t from stdin') return done();
    this.#copy = { rest: done, isSimple: false };
    return [server.copyIn()];
  }

  #simple(statements: readonly Statement[], from: number, failsAt: number): Buffer[] {
    if (statements.length === 0) return [server.empty(), server.ready()];
    const answers: Buffer[] = [];
    for (let i = from; i < statements.length; i++) {
      const { sql, tag } = statements[i]!;
      if (i === failsAt) return [...answers, server.error('40P01'), server.ready()];
      if (sql === 'copy t from stdin') {
        this.#copy = {
          rest: () => [server.complete(tag), ...this.#simple(statements, i + 1, failsAt)],
          isSimple: true,
        };
        return [...answers, server.copyIn()];
      }
      answers.push(server.row('1'), server.complete(tag));
    }
    return [...answers, server.ready()];
  }

  #copying(sent: Sent): Buffer[] {
    const copy = this.#copy!;
    if (sent.kind === 'copyData' || sent.kind === 'sync' || sent.kind === 'flush') return [];
    this.#copy = undefined;
    if (sent.kind === 'copyDone') return copy.rest();
    const sqlstate = sent.kind === 'copyFail' ? '57014' : '08P01';
    return copy.isSimple ? [server.error(sqlstate), server.ready()] : this.#fail(sqlstate);
  }

  #fail(sqlstate: string): Buffer[] {
    this.#isIgnoring = true;
    return [server.error(sqlstate)];
  }
}

const statement = fc.constantFrom(...STATEMENTS);
const name = fc.constantFrom('', 'a', 'b', 'a name of some length');
const rarely = fc.integer({ min: 0, max: 5 }).map((n) => n === 0);
const end = fc.constantFrom<Sent['kind'] & ('copyDone' | 'copyFail')>('copyDone', 'copyDone', 'copyFail');

/** The data of COPYs, as a client sends them that knows what its statements are. */
const copyData = (kind: 'copyDone' | 'copyFail', ends = true): Sent[] => [
  { kind: 'copyData' },
  { kind: 'copyData' },
  ...(ends ? [{ kind }] : []),
];

const isCopyIn = ({ sql }: Statement): boolean => sql === 'copy t from stdin';

const simple = fc
  .record({
    statements: fc.array(statement, { maxLength: 3 }).filter((list) => list.filter(isCopyIn).length < 2),
    failsAt: fc.integer({ min: -3, max: 3 }),
    end,
  })
  .map(({ statements, failsAt, end: kind }): Sent[] => [
    { kind: 'query', statements, failsAt },
    ...(statements.some(isCopyIn) ? copyData(kind) : []),
  ]);

const extended = fc
  .record({
    statement,
    chosen: name,
    portal: name,
    fails: rarely,
    parseFails: rarely,
    suspends: rarely,
    reuse: rarely,
    flush: rarely,
    end,
  })
  // A name that is used again is never that of a COPY: the client would send no data.
  .map((step) =>
    Object.assign(step, { name: isCopyIn(step.statement) && !step.reuse ? 'copy' : step.chosen }),
  )
  .map((step): Sent[] => [
    ...(step.reuse
      ? []
      : [{ kind: 'parse', name: step.name, statement: step.statement, fails: step.parseFails } as const]),
    { kind: 'bind', portal: step.portal, name: step.name },
    { kind: 'describe' },
    ...(step.flush ? [{ kind: 'flush' } as const] : []),
    { kind: 'execute', portal: step.portal, fails: step.fails, suspends: step.suspends },
    ...(isCopyIn(step.statement) && !step.reuse ? [{ kind: 'sync' } as const, ...copyData(step.end)] : []),
  ]);

const group = fc
  .tuple(
    fc.array(
      fc.oneof(
        extended,
        name.map((closed): Sent[] => [{ kind: 'close', name: closed }]),
      ),
      { maxLength: 4 },
    ),
  )
  .map(([steps]): Sent[] => [...steps.flat(), { kind: 'sync' }]);

/** What a client sends in a conversation: simple queries, and groups of extended ones that each end with a Sync. */
export const script: fc.Arbitrary<Sent[]> = fc
  .array(fc.oneof(simple, group), { maxLength: 8 })
  .map((parts) => parts.flat());
