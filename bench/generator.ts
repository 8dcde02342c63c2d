// The load generator: a process of its own that carries out one order at a time.
import { exitWithParent } from './child-process.ts';
import { runClosedLoop, runOpenLoop } from './route-load.ts';
import type { Answer, Order, Reports } from './orders.ts';
import { awaitQuietHead, holdStreams, receiveEvents, releaseStreams } from './streams.ts';

function carryOut(order: Order): Promise<Reports[keyof Reports]> | Reports[keyof Reports] {
  if (order.kind === 'closed-loop') return runClosedLoop(order);
  if (order.kind === 'open-loop') return runOpenLoop(order);
  if (order.kind === 'hold-streams') return holdStreams(order);
  if (order.kind === 'release-streams') return releaseStreams();
  if (order.kind === 'stream-events') return receiveEvents(order);
  return awaitQuietHead(order);
}

async function answer(order: Order): Promise<Answer> {
  try {
    return { report: await carryOut(order) };
  } catch (error) {
    return {
      error: `${order.kind} on port ${'route' in order ? order.route.port : 'none'}: ${String(error)}`,
    };
  }
}

process.on('message', (order: Order) => {
  void answer(order).then((message) => process.send?.(message));
});
exitWithParent();
