import path from 'node:path';
import type { Answer, Order, Reports } from './orders.ts';
import { startPinned } from './pinned-process.ts';

/** The load generator as the benchmark sees it. */
export interface Generator {
  /** Carries out one order; rejects if it failed or took longer than a minute. */
  readonly run: <K extends Order['kind']>(order: Extract<Order, { kind: K }>) => Promise<Reports[K]>;
  readonly stop: () => Promise<void>;
}

const LIMIT_MS = 60_000;

/** Starts the load generator in a process of its own. */
export function startGenerator(cpu: number | undefined): Generator {
  const file = path.join(import.meta.dirname, 'generator.ts');
  const { child, output, stop } = startPinned([process.execPath, file], { cpu, ipc: true });
  return {
    stop,
    run: <K extends Order['kind']>(order: Extract<Order, { kind: K }>): Promise<Reports[K]> =>
      new Promise((resolve, reject) => {
        const settle = (): void => {
          clearTimeout(limit);
          child.off('message', onMessage);
          child.off('exit', onExit);
        };
        const onMessage = (answer: Answer<K>): void => {
          settle();
          if ('error' in answer) reject(new Error(answer.error));
          else resolve(answer.report);
        };
        const onExit = (): void => {
          settle();
          reject(new Error(`load generator: want it running, got its end: ${output()}`));
        };
        const limit = setTimeout(() => {
          settle();
          reject(new Error(`load generator: want ${order.kind} done within ${LIMIT_MS} ms, got nothing`));
        }, LIMIT_MS);
        child.on('message', onMessage);
        child.once('exit', onExit);
        child.send(order);
      }),
  };
}
