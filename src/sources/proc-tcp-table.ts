import { closeSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { attemptAsync } from './proc-file.ts';
import type { Pace } from './process-pace.ts';

/** A line of `/proc/net/tcp` or `tcp6`. */
export interface TcpRow {
  readonly localPort: number;
  readonly state: TcpState;
  /** Number of the socket, as in the link `socket:[…]` of a file descriptor; 0 if no process holds it. */
  readonly inode: number;
}

/** The kernel's names of the states (include/net/tcp_states.h, from 1), in lower case. */
export const TCP_STATES = [
  'established',
  'syn_sent',
  'syn_recv',
  'fin_wait1',
  'fin_wait2',
  'time_wait',
  'close',
  'close_wait',
  'last_ack',
  'listen',
  'closing',
] as const;

/** A state of a TCP socket. */
export type TcpState = (typeof TCP_STATES)[number];

// The kernel hands out whole lines, up to a page (at least 4 KiB) at a time; a line of tcp6 has 180 bytes.
const CHUNK_BYTES = 65_536;
const SURELY_LAST_BYTES = 3584;

const readAside = promisify(read);

/**
 * Reads the TCP sockets of a network namespace, IPv4 and IPv6.
 *
 * The kernel walks its whole hash table for each of the two files, 2 ms of CPU
 * where it has 2^18 buckets, and once more for a read that only finds the end:
 * so that one is saved. The thread pool makes the first read, which is the whole
 * walk where sockets are few; where they are many the others are short.
 * @param folder the namespace's folder, e.g. `/proc/42/net`.
 * @returns undefined if neither file can be read.
 */
export async function readTcpTables(folder: string, pace: Pace): Promise<readonly TcpRow[] | undefined> {
  const rows: TcpRow[] = [];
  let readable = false;
  for (const file of ['tcp', 'tcp6']) {
    // Without IPv6 the second file does not exist.
    const table = await attemptAsync(() => readTable(`${folder}/${file}`, rows, pace));
    readable ||= table.ok;
  }
  return readable ? rows : undefined;
}

async function readTable(path: string, rows: TcpRow[], pace: Pace): Promise<void> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let { bytesRead } = await readAside(file, chunk, 0, CHUNK_BYTES, null);
    let rest = '';
    for (;;) {
      const lines = (rest + chunk.toString('latin1', 0, bytesRead)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const row = parseTcpRow(line);
        if (row) rows.push(row);
      }
      if (bytesRead < SURELY_LAST_BYTES) return;
      await pace.step();
      bytesRead = readSync(file, chunk, 0, CHUNK_BYTES, null);
    }
  } finally {
    closeSync(file);
  }
}

// Number, local address, remote address, state, queues, timer, retransmits, user, timeout, inode.
const ROW = /^ *\d+: [\dA-F]+:([\dA-F]{4}) \S+ ([\dA-F]{2}) \S+ \S+ \S+ +\d+ +\d+ (\d+) /;

/** Reads a line; undefined for the heading. */
export function parseTcpRow(line: string): TcpRow | undefined {
  const [, port = '', stateHex = '', inode] = ROW.exec(line) ?? [];
  // A connection that is still being accepted (TCP_NEW_SYN_RECV, 12) the kernel shows as 3.
  const state = TCP_STATES[Number.parseInt(stateHex, 16) - 1];
  return state === undefined
    ? undefined
    : { localPort: Number.parseInt(port, 16), state, inode: Number(inode) };
}
