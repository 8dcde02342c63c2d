import type { Clock } from '../model/clock.ts';
import { isSameProcess } from './proc-stat.ts';
import type { ProcStat } from './proc-stat.ts';
import { findRoots } from './process-find.ts';
import type { FindContext, ProcessTarget } from './process-find.ts';

// While the roots live this finds one that was started beside them, or in the place of one that no longer listens.
const FIND_AGAIN_MS = 60_000;

/** The roots of the server's process tree over time. */
export interface RootKeeper {
  /**
   * The living roots, the oldest first; found anew when one is gone and once a minute.
   * @throws Error that says what was looked for if there is none.
   */
  readonly find: (context: FindContext) => Promise<readonly ProcStat[]>;
  /** How often all of the roots were replaced since the first were found. */
  readonly restarts: () => number;
}

/** Keeps the roots of a target. */
export function createRootKeeper(target: ProcessTarget, clock: Clock): RootKeeper {
  let roots: readonly ProcStat[] = [];
  let foundMs = Number.NEGATIVE_INFINITY;
  let restarts = 0;

  const find = async (context: FindContext): Promise<readonly ProcStat[]> => {
    const living = roots.filter((root) => {
      const now = context.table.get(root.pid);
      return now?.alive === true && isSameProcess(root, now);
    });
    const nowMs = clock.nowMs();
    const isChild = 'child' in target && target.child() !== roots[0]?.pid;
    if (living.length === roots.length && living.length > 0 && !isChild && nowMs - foundMs < FIND_AGAIN_MS)
      return roots;
    const answer = await findRoots(target, context);
    // One that has closed its port but still works its calls off is the server as long as no other is.
    if (!answer.ok && living.length === 0) throw new Error(answer.problem);
    const found = answer.ok ? answer.roots : living;
    // One of several systemd services that starts again leaves the others: the server did not restart.
    if (roots.length > 0 && !found.some((one) => roots.some((root) => isSameProcess(one, root))))
      restarts += 1;
    roots = found;
    foundMs = nowMs;
    return roots;
  };
  return { find, restarts: () => restarts };
}
