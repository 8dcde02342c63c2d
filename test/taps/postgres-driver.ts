import type { ConnectionObserver } from '../../src/model/connection.ts';
import type { DatabaseErrorObservation, DatabaseSink } from '../../src/model/database-traffic.ts';
import { createPostgresTap, type PostgresTap } from '../../src/taps/postgres-tap.ts';
import { client, server } from '../harness/postgres-messages.ts';

/** A sink that writes down what it is told, one line each, and a clock that is turned by hand. */
export interface Notes {
  readonly lines: string[];
  readonly sink: DatabaseSink;
  nowMs: number;
}

const describeError = ({ queryType, errorType, sqlstateClass }: DatabaseErrorObservation): string =>
  `error ${queryType ?? '-'} ${errorType} ${sqlstateClass ?? '-'}`;

export function takeNotes(): Notes {
  const lines: string[] = [];
  return {
    lines,
    nowMs: 1000,
    sink: {
      query: (type, durationMs) => lines.push(`${type} ${durationMs}`),
      error: (observation) => lines.push(describeError(observation)),
      connection: (kind) => lines.push(`connection ${kind}`),
      dropped: (reason) => lines.push(`dropped ${reason}`),
    },
  };
}

/** One connection through a tap: `c` and `s` bring bytes of either side, after which a millisecond passes. */
export interface Line {
  readonly observer: ConnectionObserver;
  readonly c: (...messages: readonly Buffer[]) => void;
  readonly s: (...messages: readonly Buffer[]) => void;
}

export interface Driver extends Notes {
  readonly tap: PostgresTap;
  /** A connection that has said nothing yet. */
  readonly open: () => Line;
  /** A connection that is logged in; the notes begin after that. */
  readonly login: (processId?: number) => Line;
  /** What was noted since it was last asked for. */
  readonly taken: () => string[];
}

export function drive(limits = { maxStatements: 100, maxPipeline: 100 }): Driver {
  const notes = takeNotes();
  const clock = { nowMs: () => notes.nowMs, wallMs: () => 0 };
  const tap = createPostgresTap(() => limits, notes.sink, clock);
  const open = (): Line => {
    const observer = tap.observe();
    if (!observer) throw new Error('tap: want an observer, got none');
    const send = (to: (chunk: Buffer) => void) => {
      return (...messages: readonly Buffer[]) => {
        to(Buffer.concat(messages));
        notes.nowMs++;
      };
    };
    return {
      observer,
      c: send((chunk) => observer.fromClient(chunk)),
      s: send((chunk) => observer.fromServer(chunk)),
    };
  };
  return Object.assign(notes, {
    tap,
    open,
    login: (processId = 42) => {
      const line = open();
      line.c(client.startUp());
      line.s(server.welcome(processId));
      notes.lines.length = 0;
      return line;
    },
    taken: () => notes.lines.splice(0),
  });
}

/** An extended query, all but its Sync. */
export const executed = (sql: string): Buffer =>
  Buffer.concat([client.parse('', sql), client.bind('', ''), client.describe('P', ''), client.execute('')]);

/** The server's answers to that, up to the Execute. */
export const bound = (): Buffer => Buffer.concat([server.parsed(), server.bound(), server.noData()]);

/** The times of all queries among notes, added up, in milliseconds. */
export const timeOf = (lines: readonly string[]): number =>
  lines
    .map((line) => /^[a-z]+ (-?[\d.e-]+|NaN|Infinity)$/.exec(line)?.[1])
    .reduce((sum, ms) => sum + (ms === undefined ? 0 : Number(ms)), 0);
