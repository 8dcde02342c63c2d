import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/model/clock.ts';
import { attempt } from '../../src/sources/proc-file.ts';
import { parseProcStat } from '../../src/sources/proc-stat.ts';
import { parseTcpRow, readTcpTables } from '../../src/sources/proc-tcp-table.ts';
import { createPace } from '../../src/sources/process-pace.ts';
import { createSyntheticProc } from './process-synthetic.ts';

const recorded = join(import.meta.dirname, 'recorded');
const pace = createPace(systemClock, new AbortController().signal);

describe('a line of /proc/<pid>/stat', () => {
  it('is read past a name that looks like the fields behind it', () => {
    expect(parseProcStat(readFileSync(join(recorded, 'stat-strange-name.txt'), 'utf8'))).toEqual({
      pid: 19569,
      parentPid: 19518,
      alive: true,
      ownTicks: 7,
      reapedTicks: 8,
      threads: 1,
      startTicks: 1266914,
    });
  });

  it.each([
    ['Z', false],
    ['X', false],
    ['S', true],
    ['D', true],
    ['T', true],
  ])('says in state %s whether it lives: %s', (state, alive) => {
    expect(parseProcStat(`7 (x) ${state} 1 ${'0 '.repeat(20)}`).alive).toBe(alive);
  });

  it.each(['', '12 (cut', 'nonsense'])('is refused as %j', (text) => {
    expect(() => parseProcStat(text)).toThrow('want a line of /proc/<pid>/stat, got');
  });
});

describe('the TCP tables', () => {
  it('give port, state and number of each socket of both families', async () => {
    const proc = createSyntheticProc();
    for (const file of ['tcp', 'tcp6'])
      proc.write(`net/${file}`, readFileSync(join(recorded, `${file}.txt`), 'utf8'));
    const rows = await readTcpTables(`${proc.root}/net`, pace);
    proc.remove();
    expect(rows?.filter(({ localPort }) => localPort === 18080 || localPort === 18081)).toEqual([
      { localPort: 18081, state: 'listen', inode: 1998500 },
      { localPort: 18081, state: 'close_wait', inode: 1998506 },
      { localPort: 18081, state: 'fin_wait1', inode: 1998504 },
      { localPort: 18081, state: 'established', inode: 1998502 },
      { localPort: 18081, state: 'time_wait', inode: 0 },
      { localPort: 18080, state: 'listen', inode: 1998499 },
    ]);
  });

  it('are read to the end when they are larger than any chunk', async () => {
    const proc = createSyntheticProc();
    const lines = Array.from({ length: 2000 }, (_, i) =>
      `${i}: 0100007F:0050 0100007F:B0C4 01 0:0 00:0 0 0 0 ${5000 + i} 2 0000 20 0 0 10 -1`.padEnd(149),
    );
    proc.write('net/tcp', `${['heading', ...lines].join('\n')}\n`);
    const rows = await readTcpTables(`${proc.root}/net`, pace);
    proc.remove();
    expect(rows).toHaveLength(2000);
    expect(rows?.at(-1)?.inode).toBe(6999);
  });

  it('are unknown without their files', async () => {
    await expect(readTcpTables(join(recorded, 'none'), pace)).resolves.toBeUndefined();
  });

  it('have a heading that is no socket', () => {
    expect(parseTcpRow('  sl  local_address rem_address   st tx_queue rx_queue')).toBeUndefined();
  });
});

describe('a reading below /proc', () => {
  it.each([
    ['ENOENT', 'gone'],
    ['ESRCH', 'gone'],
    ['EACCES', 'denied'],
    ['EPERM', 'denied'],
  ])('that fails with %s is %s', (code, why) => {
    const fail = (): never => {
      throw Object.assign(new Error(code), { code });
    };
    expect(attempt(fail)).toEqual({ ok: false, why });
  });

  it('throws what is neither', () => {
    const fail = (): never => {
      throw new TypeError('a bug');
    };
    expect(() => attempt(fail)).toThrow('a bug');
  });
});
