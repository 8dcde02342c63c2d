import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '../../src/model/clock.ts';
import type { Sample, SampleName } from '../../src/model/sample.ts';
import type { Source } from '../../src/model/source.ts';
import { parseProcStat } from '../../src/sources/proc-stat.ts';
import { createPace } from '../../src/sources/process-pace.ts';
import { createSocketCounter } from '../../src/sources/process-sockets.ts';
import { createProcessSource } from '../../src/sources/process-source.ts';
import type { ProcessTarget } from '../../src/sources/process-source.ts';
import { createSyntheticProc } from './process-synthetic.ts';
import type { SyntheticProc } from './process-synthetic.ts';

const SIDECAR = 900;
const { signal } = new AbortController();

const valueOf = (samples: readonly Sample[], name: SampleName, label?: string): number | undefined =>
  samples.find(
    (sample) => sample.name === name && (label === undefined || Object.values(sample.labels).includes(label)),
  )?.value;

/** A line of the TCP table: a socket that listens on a port. */
const listening = (port: number, inode: number): string =>
  `0: 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A 0:0 00:0 0 0 0 ${inode} 1 00 100 0 0 10 0\n`;

describe('the process source on a synthetic machine', () => {
  let proc: SyntheticProc;
  let nowMs: number;
  const clock: Clock = { nowMs: () => nowMs, wallMs: () => nowMs };
  beforeEach(() => {
    nowMs = 0;
    proc = createSyntheticProc();
    proc.process({ pid: 1, parent: 0, command: ['init'] });
    proc.process({ pid: SIDECAR, parent: 890, command: ['mcp-vitals', '--command', 'server.py'] });
    proc.process({ pid: 890, command: ['sh', '-c', 'mcp-vitals --command server.py'] });
  });
  afterEach(() => proc.remove());

  const source = (target: ProcessTarget): Source =>
    createProcessSource({
      target,
      clock,
      procRoot: proc.root,
      cgroupRoot: `${proc.root}/cgroup`,
      ownPid: SIDECAR,
      platform: 'linux',
    });

  it('measures everything of a tree', async () => {
    const link = 'socket:[70]';
    proc.process({
      pid: 10,
      command: ['python', 'server.py'],
      startTicks: 2500,
      rssKib: 3000,
      pssKib: 2000,
      files: ['/dev/null', link, 'socket:[71]'],
      cgroup: '0::/\n',
    });
    proc.process({
      pid: 11,
      parent: 10,
      startTicks: 2600,
      rssKib: 3000,
      pssKib: 1000,
      files: [link, 'socket:[72]'],
    });
    proc.write(
      '10/limits',
      'Limit  Soft  Hard  Units\nMax open files            1024                 4096  files\n',
    );
    proc.write('10/net/tcp', `heading\n${listening(8000, 70)}${listening(9000, 99)}`);
    proc.write('10/net/tcp6', `heading\n${listening(8000, 71).replace(' 0A ', ' 08 ')}`);
    proc.write('self/mountinfo', `1 1 0:1 / ${proc.root}/cgroup rw - cgroup2 cgroup2 rw\n`);
    proc.write('cgroup/cpu.max', '50000 100000\n');
    proc.write('cgroup/memory.max', '1048576\n');
    const read = source({ command: /server\.py/g });
    const first = await read.read(signal);
    expect(valueOf(first, 'mcp_process_cpu_cores')).toBeUndefined();

    nowMs = 10_000;
    proc.process({
      pid: 11,
      parent: 10,
      startTicks: 2600,
      rssKib: 3000,
      pssKib: 1000,
      userTicks: 100,
      files: [link],
    });
    const second = Object.fromEntries(
      (await read.read(signal)).map(({ name, labels, value }) => [
        [name, ...Object.values(labels)].join(' '),
        value,
      ]),
    );
    expect(second).toEqual({
      mcp_processes: 2,
      mcp_process_cpu_cores: 0.1,
      mcp_process_cpu_limit_cores: 0.5,
      mcp_process_cpu_ratio: 0.2,
      'mcp_process_memory_bytes pss': 3000 * 1024,
      mcp_process_memory_limit_bytes: 1_048_576,
      mcp_process_threads: 6,
      mcp_process_open_files: 4,
      mcp_process_open_files_limit: 1024,
      'mcp_process_sockets established': 0,
      'mcp_process_sockets syn_sent': 0,
      'mcp_process_sockets syn_recv': 0,
      'mcp_process_sockets fin_wait1': 0,
      'mcp_process_sockets fin_wait2': 0,
      'mcp_process_sockets close_wait': 1,
      'mcp_process_sockets last_ack': 0,
      'mcp_process_sockets listen': 1,
      'mcp_process_sockets closing': 0,
      'mcp_process_sockets other': 1,
      mcp_process_start_time_seconds: 1_000_025,
      mcp_process_restarts_total: 0,
    });
  });

  it.each<[string, number, (number | undefined)[]]>([
    ['15 s', 15_000, [0, 0, 0, 0, 0, 0, 0, 1, 1, 1]],
    ['60 s', 60_000, [0, 0, 1, 1, 1, 1, 1, 1, 1, 1]],
    ['1 h', 3_600_000, [0, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  ])('with a reading each %s looks at the sockets about every two minutes', async (_, intervalMs, wanted) => {
    proc.process({ pid: 10, files: ['socket:[70]'] });
    proc.write('10/net/tcp', listening(8000, 70));
    const read = source({ pid: 10 });
    const seen: (number | undefined)[] = [];
    for (let i = 0; i < 10; i += 1) {
      seen.push(valueOf(await read.read(signal), 'mcp_process_sockets', 'other'));
      if (i === 0) proc.process({ pid: 10, files: ['socket:[70]', 'socket:[71]'] });
      proc.write('10/net/tcp', listening(8000, 70));
      nowMs += intervalMs;
    }
    expect(seen).toEqual(wanted);
  });

  it.each([
    [10_000, 1],
    [10_001, undefined],
    [undefined, undefined],
  ])('of a tree with %s open files counts %s socket that listens', async (descriptors, count) => {
    proc.process({ pid: 10, files: ['socket:[70]'] });
    proc.write('10/net/tcp', listening(8000, 70));
    const root = parseProcStat(readFileSync(join(proc.root, '10/stat'), 'utf8'));
    const pace = createPace(clock, signal);
    const counts = await createSocketCounter(proc.root, clock).read(root, [10], descriptors, pace);
    expect(counts?.get('listen')).toBe(count);
  });

  it('needs no TCP tables for a tree without sockets', async () => {
    proc.process({ pid: 10, files: ['pipe:[70]'] });
    expect(valueOf(await source({ pid: 10 }).read(signal), 'mcp_process_sockets', 'established')).toBe(0);
  });

  it.each<[string, ProcessTarget]>([
    ['one with pid 77', { pid: 77 }],
    ['one that listens on port 8000', { port: 8000 }],
    ['one whose command line matches /no such/', { command: /no such/ }],
    ['the child that the sidecar starts', { child: () => undefined }],
    // Only the sidecar itself and the shell that started it match.
    ['one whose command line matches /server\\.py/', { command: /server\.py/ }],
  ])('says that it wants %s', async (what, target) => {
    await expect(source(target).read(signal)).rejects.toThrow(`process: want ${what}, got none`);
  });

  it('says so when only the socket is seen, not who holds it', async () => {
    proc.write('net/tcp', listening(8000, 70));
    await expect(source({ port: 8000 }).read(signal)).rejects.toThrow(
      'process: want one that listens on port 8000, in a pid namespace that the sidecar sees, got only the socket',
    );
  });

  it('takes the outermost of several that hold the listening socket', async () => {
    proc.write('net/tcp', listening(8000, 70));
    proc.process({ pid: 9, command: ['supervisor'] });
    proc.process({ pid: 30, parent: 9, files: ['socket:[70]'] });
    // After pids have begun anew a child may have the lower one.
    proc.process({ pid: 20, parent: 30, files: ['socket:[70]'] });
    proc.process({ pid: 31, parent: 30 });
    expect(valueOf(await source({ port: 8000 }).read(signal), 'mcp_processes')).toBe(3);
  });

  it('takes several roots for one server, with the start of the oldest', async () => {
    proc.process({ pid: 10, command: ['worker'], startTicks: 700 });
    proc.process({ pid: 12, command: ['worker'], startTicks: 300 });
    const samples = await source({ command: /^worker$/ }).read(signal);
    expect(valueOf(samples, 'mcp_processes')).toBe(2);
    expect(valueOf(samples, 'mcp_process_start_time_seconds')).toBe(1_000_003);
  });

  it('leaves out the sidecar and its children even where the server started it', async () => {
    proc.process({ pid: 901, parent: SIDECAR });
    // Process 1, the shell 890.
    expect(valueOf(await source({ pid: 1 }).read(signal), 'mcp_processes')).toBe(2);
  });

  it('counts no dead process that waits for its parent, and takes none for the server', async () => {
    proc.process({ pid: 10 });
    proc.process({ pid: 11, parent: 10, state: 'Z' });
    const read = source({ pid: 10 });
    expect(valueOf(await read.read(signal), 'mcp_processes')).toBe(1);
    proc.process({ pid: 10, state: 'Z' });
    await expect(read.read(signal)).rejects.toThrow('process: want one with pid 10, got none');
  });

  it('counts a restart when the root is another, not when a worker is', async () => {
    let child: number | undefined = 10;
    const read = source({ child: () => child });
    const restarts = async () => valueOf(await read.read(signal), 'mcp_process_restarts_total');
    proc.process({ pid: 10 });
    proc.process({ pid: 11, parent: 10 });
    expect(await restarts()).toBe(0);
    proc.end(11);
    proc.process({ pid: 12, parent: 10 });
    expect(await restarts()).toBe(0);

    proc.end(10);
    child = undefined;
    await expect(read.read(signal)).rejects.toThrow('the child that the sidecar starts, got none');
    proc.process({ pid: 20 });
    child = 20;
    expect(await restarts()).toBe(1);
    // The same pid, another process.
    proc.process({ pid: 20, startTicks: 5000 });
    expect(await restarts()).toBe(2);
    expect(await restarts()).toBe(2);
  });

  it('counts no restart while one of several roots stays', async () => {
    const read = source({ command: /^worker$/ });
    const restarts = async () => valueOf(await read.read(signal), 'mcp_process_restarts_total');
    for (const pid of [10, 11]) proc.process({ pid, command: ['worker'] });
    expect(await restarts()).toBe(0);
    proc.end(10);
    proc.process({ pid: 12, command: ['worker'] });
    expect(await restarts()).toBe(0);
    for (const pid of [11, 12]) proc.end(pid);
    proc.process({ pid: 13, command: ['worker'] });
    expect(await restarts()).toBe(1);
  });

  it('finds within a minute who took over the port while the old one drains', async () => {
    proc.write('net/tcp', listening(8000, 70));
    proc.process({ pid: 10, files: ['socket:[70]'] });
    const read = source({ port: 8000 });
    await read.read(signal);
    proc.process({ pid: 10 });
    proc.process({ pid: 20, files: ['socket:[71]'], startTicks: 4200 });
    proc.write('net/tcp', listening(8000, 71));
    expect(valueOf(await read.read(signal), 'mcp_process_restarts_total')).toBe(0);
    nowMs = 60_000;
    const samples = await read.read(signal);
    expect(valueOf(samples, 'mcp_process_restarts_total')).toBe(1);
    expect(valueOf(samples, 'mcp_process_start_time_seconds')).toBe(1_000_042);
    // It closes its port as well, but nobody else is there.
    proc.process({ pid: 20, startTicks: 4200 });
    proc.write('net/tcp', 'heading\n');
    nowMs = 120_000;
    expect(valueOf(await read.read(signal), 'mcp_process_restarts_total')).toBe(1);
  });

  it('limits the CPU to those that the process may run on', async () => {
    proc.process({ pid: 10 });
    const read = source({ pid: 10 });
    expect(valueOf(await read.read(signal), 'mcp_process_cpu_limit_cores')).toBe(2);
    proc.write('10/status', 'VmRSS:\t10 kB\nCpus_allowed_list:\t1-63,80\n');
    nowMs = 60_000;
    expect(valueOf(await read.read(signal), 'mcp_process_cpu_limit_cores')).toBe(1);
  });

  it('gives up when the signal says so', async () => {
    proc.process({ pid: 10 });
    const read = source({ pid: 10 });
    await expect(read.read(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    await expect(read.read(signal)).resolves.not.toHaveLength(0);
  });

  it('wants Linux', async () => {
    const read = createProcessSource({ target: { pid: 1 }, clock, platform: 'darwin' });
    await expect(read.read(signal)).rejects.toThrow('process: want /proc of Linux, got darwin');
  });
});
