/** Why a file below /proc could not be read: its process ended, or the kernel shows it to others only. */
export type Unreadable = 'gone' | 'denied';

/** What came of reading below /proc. */
export type ProcResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: Unreadable };

/**
 * Reads something that may vanish or be forbidden at any time.
 * @throws what `read` threw if it is neither of the two.
 */
export function attempt<T>(read: () => T): ProcResult<T> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    return { ok: false, why: whyUnreadable(error) };
  }
}

/** The same for what waits. */
export async function attemptAsync<T>(read: () => Promise<T>): Promise<ProcResult<T>> {
  try {
    return { ok: true, value: await read() };
  } catch (error) {
    return { ok: false, why: whyUnreadable(error) };
  }
}

function whyUnreadable(error: unknown): Unreadable {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ESRCH':
    // The network folder of a process that has ended but was not waited for (proc_net.c).
    case 'EINVAL':
      return 'gone';
    case 'EACCES':
    case 'EPERM':
      return 'denied';
    default:
      throw error;
  }
}
