import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { interest, MessageFramer, type MessageReader } from '../../src/postgres/message-framer.ts';
import { message } from '../harness/postgres-messages.ts';

/** Writes down what a framer tells it; wants at most `wanted` bytes of each message. */
function recorder(wanted: number) {
  const told: string[] = [];
  let text = '';
  const reader: MessageReader = {
    begin: (type, bytes) => {
      told.push(`begin ${String.fromCharCode(type)} ${bytes}`);
      text = '';
    },
    payload: (chunk, from, end) => {
      text += chunk.toString('latin1', from, Math.min(end, from + wanted - text.length));
      return text.length < wanted;
    },
    finish: (type) => {
      told.push(`finish ${String.fromCharCode(type)} ${text}`);
      text = '';
    },
    broken: () => told.push('broken'),
  };
  return { told, framer: new MessageFramer(interest('d', 'n', 'r'), reader) };
}

const anyMessage = fc.record({
  type: fc.constantFrom('d', 'n', 'r'),
  payload: fc.string({ unit: 'binary-ascii', maxLength: 40 }),
});

it('tells the same of messages in any chunking', () => {
  fc.assert(
    fc.property(
      fc.array(anyMessage, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 }),
      (messages, cuts) => {
        const bytes = Buffer.concat(messages.map(({ type, payload }) => message(type, Buffer.from(payload))));
        const { told, framer } = recorder(20);
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = cuts[i % cuts.length]!;
          // The buffer is lent: what is in it afterwards is somebody else's.
          const piece = Buffer.from(bytes.subarray(at, at + size));
          framer.push(piece);
          piece.fill(0);
          at += size;
        }
        const expected = messages.flatMap(({ type, payload }) =>
          type === 'd'
            ? []
            : type === 'n'
              ? ['finish n ']
              : [`begin r ${payload.length}`, `finish r ${payload.slice(0, 20)}`],
        );
        expect(told).toEqual(expected);
      },
    ),
    { numRuns: 2000 },
  );
});

it.each([
  ['a type that is none', Buffer.from([0x3f, 0, 0, 0, 4])],
  ['a length that does not count itself', Buffer.from([0x64, 0, 0, 0, 3])],
  ['a length beyond what PostgreSQL can send', Buffer.from([0x64, 0x40, 0, 0, 2])],
])('stops at %s, in one chunk or in many', (_, bad) => {
  const bytes = Buffer.concat([message('n'), bad, message('n')]);
  const whole = recorder(1);
  whole.framer.push(bytes);
  const split = recorder(1);
  for (const byte of bytes) split.framer.push(Buffer.from([byte]));
  expect(whole.told).toEqual(['finish n ', 'broken']);
  expect(split.told).toEqual(whole.told);
});

it('passes over a gigabyte without holding it', () => {
  const { told, framer } = recorder(1);
  const chunk = Buffer.alloc(1 << 20);
  framer.push(Buffer.from([0x64, 0x40, 0, 0, 0]));
  for (let i = 0; i < 1023; i++) framer.push(chunk);
  framer.push(chunk.subarray(4));
  framer.push(message('n'));
  expect(told).toEqual(['finish n ']);
});
