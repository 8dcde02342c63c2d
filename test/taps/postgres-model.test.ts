import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { client, server } from '../harness/postgres-messages.ts';
import { seed } from '../transparency/seed.ts';
import { bytesOf, script, ScriptedServer, type Sent } from './postgres-conversation.ts';
import { drive, timeOf } from './postgres-driver.ts';
import { Reference } from './postgres-reference.ts';

/** Who moves next, and how many bytes go: a conversation's chunks. */
const moves = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 80 })), {
  minLength: 1,
  maxLength: 60,
});

/**
 * Plays a script through the tap and the reference, cut into chunks on both
 * sides and interleaved as a pipelining client and a slow network would.
 */
function play(messages: readonly Sent[], turns: readonly (readonly [boolean, number])[]) {
  const driver = drive();
  const { observer } = driver.login();
  const beganMs = driver.nowMs;
  const reference = new Reference();
  const scripted = new ScriptedServer();
  const parts = messages.map(bytesOf);
  const sentBytes = Buffer.concat(parts);
  const ends: number[] = [];
  for (const part of parts) ends.push((ends.at(-1) ?? 0) + part.length);
  let sent = 0;
  let arrived = 0;
  let answers: Buffer = Buffer.alloc(0);

  const push = (bytes: number): void => {
    const chunk = Buffer.from(sentBytes.subarray(sent, sent + bytes));
    sent += chunk.length;
    observer.fromClient(chunk);
    chunk.fill(0);
    while (arrived < ends.length && ends[arrived]! <= sent) {
      const message = messages[arrived++]!;
      reference.client(message, driver.nowMs);
      answers = Buffer.concat([answers, ...scripted.answer(message)]);
    }
  };
  const pull = (bytes: number): void => {
    const chunk = Buffer.from(answers.subarray(0, bytes));
    answers = answers.subarray(chunk.length);
    reference.server(chunk, driver.nowMs);
    observer.fromServer(chunk);
    chunk.fill(0);
  };

  for (let turn = 0; sent < sentBytes.length || answers.length > 0; turn++) {
    const [isClient, bytes] = turns[turn % turns.length]!;
    if ((isClient || answers.length === 0) && sent < sentBytes.length) push(bytes);
    else if (answers.length > 0) pull(bytes);
    driver.nowMs++;
  }
  return { driver, observer, reference, beganMs };
}

it('sees what an implementation sees that expects an answer to each message', () => {
  fc.assert(
    fc.property(script, moves, (messages, turns) => {
      const { driver, observer, reference, beganMs } = play(messages, turns);
      expect(driver.lines).toEqual(reference.lines);
      expect(timeOf(driver.lines)).toBeLessThanOrEqual(driver.nowMs - beganMs + 1e-6);
      const { connections } = driver.tap.activity();
      expect(connections).toMatchObject({ active: 0, opaque: 0 });
      observer.end({ kind: 'closed', by: 'client' });
    }),
    { numRuns: 2500, seed },
  );
});

it('sees the same in any chunking', () => {
  const everything = [
    [client.startUp(), server.welcome()],
    [
      client.query('begin; select 1'),
      server.complete('BEGIN'),
      server.complete('SELECT 1'),
      server.ready('T'),
    ],
    [client.parse('a statement', '/* x */ with a as (select 1) insert into t'), server.parsed()],
    [client.bind('p', 'a statement'), server.bound()],
    [
      Buffer.concat([client.execute('p'), client.sync()]),
      server.error('23505', 'Dtell\0'),
      server.ready('E'),
    ],
    [client.query('rollback'), server.notice('25P01'), server.complete('ROLLBACK'), server.ready()],
    [client.query('select 2'), server.row('x'.repeat(200)), server.complete('SELECT 1'), server.ready()],
  ] as const;
  const notesOf = (cuts: readonly number[]) => {
    const driver = drive();
    const { observer } = driver.open();
    let turn = 0;
    const cut = (bytes: Buffer, to: (chunk: Buffer) => void) => {
      for (let at = 0; at < bytes.length;) {
        const size = cuts[turn++ % cuts.length]!;
        to(Buffer.from(bytes.subarray(at, at + size)));
        at += size;
      }
    };
    for (const [sent, ...answers] of everything) {
      cut(sent, (chunk) => observer.fromClient(chunk));
      cut(Buffer.concat(answers), (chunk) => observer.fromServer(chunk));
      driver.nowMs++;
    }
    observer.end({ kind: 'closed', by: 'client' });
    return driver.lines;
  };
  const whole = notesOf([1_000_000]);
  expect(whole).toEqual([
    'connection plain',
    'begin 0',
    'select 0',
    'error insert integrity_constraint_violation 23',
    'insert 2',
    'other 0',
    'select 0',
  ]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (cuts) => {
      expect(notesOf(cuts)).toEqual(whole);
    }),
    { numRuns: 1500, seed },
  );
});
