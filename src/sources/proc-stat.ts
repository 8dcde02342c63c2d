/** Clock ticks per second in /proc: USER_HZ is 100 on every architecture that Node runs on under Linux. */
export const TICKS_PER_SECOND = 100;

/** What one line of `/proc/<pid>/stat` says (proc_pid_stat(5)). */
export interface ProcStat {
  readonly pid: number;
  readonly parentPid: number;
  /** False for one that has ended and waits for its parent to notice (state Z or X). */
  readonly alive: boolean;
  /** CPU time of its own, user and system, in ticks. */
  readonly ownTicks: number;
  /** CPU time of the children that it has waited for, and of theirs, in ticks. */
  readonly reapedTicks: number;
  readonly threads: number;
  /** When it started, in ticks since the machine did; with the pid its identity. */
  readonly startTicks: number;
}

/**
 * Reads a line of `/proc/<pid>/stat`.
 * @throws Error if it is not one.
 */
export function parseProcStat(text: string): ProcStat {
  // The command's name may hold spaces and parentheses itself: the last one closes it.
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  const stat: ProcStat = {
    pid: Number.parseInt(text, 10),
    parentPid: field(4),
    alive: !/^[ZXx]$/.test(fields[0] ?? ''),
    ownTicks: field(14) + field(15),
    reapedTicks: field(16) + field(17),
    threads: field(20),
    startTicks: field(22),
  };
  if (end < 0 || Number.isNaN(stat.pid) || Number.isNaN(stat.startTicks)) {
    throw new Error(`process: want a line of /proc/<pid>/stat, got ${JSON.stringify(text.slice(0, 80))}`);
  }
  return stat;
}

/** True if both are the same process, not two that have used one pid after another. */
export function isSameProcess(
  one: Pick<ProcStat, 'pid' | 'startTicks'>,
  other: Pick<ProcStat, 'pid' | 'startTicks'> | undefined,
): boolean {
  return other !== undefined && one.pid === other.pid && one.startTicks === other.startTicks;
}
