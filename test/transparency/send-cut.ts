import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Cutting } from './exchange-case.ts';

/** Most pieces of a message that is cut every few bytes, and of one that pauses between them. */
const MAX_PIECES = 300;
const MAX_PAUSED_PIECES = 12;

/** Writes bytes in the pieces of a plan; stops without a word when the other side is gone. */
export async function sendCut(socket: Socket, bytes: Buffer, cutting: Cutting): Promise<void> {
  let from = 0;
  for (const to of cutPoints(bytes.length, cutting)) {
    if (!socket.writable) return;
    const more = socket.write(bytes.subarray(from, to));
    from = to;
    if (!more) await drained(socket);
    if (cutting.pauseMs > 0) await sleep(cutting.pauseMs);
    else if (cutting.pauseMs === 0) await nextTurn();
  }
}

function cutPoints(length: number, { at, every, pauseMs }: Cutting): number[] {
  const points: number[] = [];
  if (every > 0 && length <= every * (pauseMs > 0 ? MAX_PAUSED_PIECES : MAX_PIECES)) {
    for (let point = every; point < length; point += every) points.push(point);
  } else {
    for (const share of at) points.push(Math.floor((share * length) / 1000));
    points.sort((one, other) => one - other);
  }
  return [...points.filter((point) => point > 0 && point < length), length];
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.once('drain', done);
    socket.once('close', done);
    if (socket.destroyed) done();
  });
}
