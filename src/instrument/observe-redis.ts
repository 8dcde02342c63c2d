import type { CacheCounter } from './cache-metrics.ts';
import type { Faults } from './faults.ts';
import { membersOf, textOf } from './json-message.ts';
import { isHit } from './observe-cache.ts';
import { isMethod, isThenable, overrideMethod } from './override-method.ts';

/** A client of node-redis (5 and 6) or of ioredis (5 and 6). */
export interface ObservableRedis {
  get(key: never, ...rest: never[]): unknown;
}

/** Commands that look something up by key, as node-redis names their methods. */
const LOOKUP_METHODS = ['get', 'getEx', 'getDel', 'hGet', 'mGet', 'hmGet', 'hGetEx', 'hGetDel'];

/** The same by their Redis names: those after which an array has one reply for each key or field. */
const LOOKUPS: ReadonlySet<string> = new Set(LOOKUP_METHODS.map((name) => name.toUpperCase()));

/**
 * Counts hits and misses of a Redis client's lookups: GET and its kin, each key of an MGET by itself. Commands of
 * a MULTI are not counted, nor raw commands of node-redis; what its `withTypeMapping` and the like give is a client
 * by itself. A lookup of node-redis gives a promise made of the client's own, which settles just after that.
 */
export function observeRedis(client: ObservableRedis, counter: CacheCounter, faults: Faults): void {
  const count = (reply: unknown): void =>
    faults.guard(() => {
      const replies: readonly unknown[] = Array.isArray(reply) ? reply : [reply];
      const hits = replies.filter(isHit).length;
      counter.hit(hits);
      counter.miss(replies.length - hits);
    });
  if ('getBuiltinCommands' in client) observeIoredis(client, count, faults);
  else observeNodeRedis(client, count);
}

function observeNodeRedis(client: object, count: (reply: unknown) => void): void {
  for (const name of LOOKUP_METHODS.flatMap((method) => [method, method.toUpperCase()])) {
    overrideMethod(
      client,
      name,
      (lookUp) =>
        function (this: unknown, ...args) {
          const reply = lookUp.apply(this, args);
          if (!isThenable(reply)) return reply;
          // Passed on rather than watched: a failure that nobody handles must stay one.
          return reply.then((value) => {
            count(value);
            return value;
          });
        },
    );
  }
}

/** Every command of ioredis, pipelined ones too, passes `sendCommand` as an object that its reply resolves. */
function observeIoredis(client: object, count: (reply: unknown) => void, faults: Faults): void {
  const seen = new WeakSet<object>();
  const observe = (command: object): void => {
    const members = membersOf(command);
    const name = textOf(members?.['name'])?.toUpperCase();
    // A command may be sent again after a reconnection.
    if (name === undefined || !LOOKUPS.has(name) || seen.has(command)) return;
    seen.add(command);
    const resolve = members?.['resolve'];
    if (!isMethod(resolve)) return;
    Reflect.set(command, 'resolve', function (this: unknown, ...args: unknown[]): unknown {
      // Inside MULTI the reply is no value but "QUEUED".
      if (members?.['inTransaction'] !== true && !isQueued(args[0])) count(args[0]);
      return resolve.apply(this, args);
    });
  };
  overrideMethod(
    client,
    'sendCommand',
    (sendCommand) =>
      function (this: unknown, ...args) {
        const command = args[0];
        if (typeof command === 'object' && command !== null) faults.guard(() => observe(command));
        return sendCommand.apply(this, args);
      },
  );
}

const isQueued = (reply: unknown): boolean =>
  reply === 'QUEUED' || (Buffer.isBuffer(reply) && reply.length === 6 && reply.toString() === 'QUEUED');
