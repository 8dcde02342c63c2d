import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { systemClock } from '../../src/model/clock.ts';
import type { Sample, SampleName } from '../../src/model/sample.ts';
import { createProcessSource } from '../../src/sources/process-source.ts';
import type { ProcessTarget } from '../../src/sources/process-source.ts';
import { eventually } from '../harness/eventually.ts';
import { freePort } from '../harness/free-port.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { startFastMcp, venvPython } from '../harness/servers.ts';
import { startProcess } from '../harness/start-process.ts';
import type { TestProcess } from '../harness/start-process.ts';

const MIB = 1024 * 1024;
const { signal } = new AbortController();
const describeOnLinux = describeWith('/proc/self/stat', 'Linux has it');

const valueOf = (samples: readonly Sample[], name: SampleName, label?: string): number =>
  samples.find(
    (sample) => sample.name === name && (label === undefined || Object.values(sample.labels).includes(label)),
  )?.value ?? Number.NaN;

/** A server with one route for each thing that a process may do; `/pid` says who answers. */
const program = `
  import cluster from 'node:cluster';
  import { execFileSync } from 'node:child_process';
  import { openSync } from 'node:fs';
  import { createServer } from 'node:http';
  const [port, workers] = process.argv.slice(-2).map(Number);
  if (cluster.isPrimary && workers > 0) {
    let listening = 0;
    cluster.on('listening', () => { if (++listening === workers) console.log('ready'); });
    cluster.on('exit', () => cluster.fork());
    for (let i = 0; i < workers; i++) cluster.fork();
  } else {
    const held = [];
    const work = {
      '/grow': () => held.push(Buffer.alloc(50 << 20, 1)),
      '/open': () => { for (let i = 0; i < 7; i++) held.push(openSync('/dev/null')); },
      '/spin': () => { for (const until = Date.now() + 700; Date.now() < until; ); },
      '/tool': () => execFileSync(process.execPath, ['-e', 'for (const until = Date.now() + 700; Date.now() < until; );']),
      '/pid': () => undefined,
    };
    createServer((request, response) => { work[request.url](); response.end(String(process.pid)); })
      .listen(port, '127.0.0.1', () => { if (cluster.isPrimary) console.log('ready'); });
  }
`;

describeOnLinux('the process source beside a real server', () => {
  const running: TestProcess[] = [];
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
  });

  const start = async (port: number, workers = 0): Promise<TestProcess> => {
    const server = await startProcess({
      command: process.execPath,
      // Not with -e, which cluster would not hand on.
      args: [
        '--import',
        `data:text/javascript,${encodeURIComponent(program)}`,
        '/dev/null',
        String(port),
        String(workers),
      ],
      ready: [/ready/],
    });
    running.push(server);
    return server;
  };
  const ask = async (port: number, path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } })).text();
  const source = (target: ProcessTarget) => createProcessSource({ target, clock: systemClock });

  it('sees memory, files and CPU grow by what was used', async () => {
    const port = await freePort();
    const server = await start(port);
    const read = source({ port });
    await ask(port, '/pid');
    const before = await read.read(signal);
    expect(valueOf(before, 'mcp_processes')).toBe(1);
    expect(valueOf(before, 'mcp_process_memory_bytes', 'pss')).toBeGreaterThan(10 * MIB);
    expect(valueOf(before, 'mcp_process_threads')).toBeGreaterThan(3);
    expect(valueOf(before, 'mcp_process_sockets', 'listen')).toBe(1);
    expect(Math.abs(valueOf(before, 'mcp_process_start_time_seconds') - Date.now() / 1000)).toBeLessThan(60);
    expect(before.some(({ name }) => name === 'mcp_process_cpu_cores')).toBe(false);

    await ask(port, '/grow');
    await ask(port, '/open');
    const startedMs = performance.now();
    await ask(port, '/spin');
    const after = await read.read(signal);
    const elapsedSeconds = (performance.now() - startedMs) / 1000;
    const grown =
      valueOf(after, 'mcp_process_memory_bytes', 'pss') - valueOf(before, 'mcp_process_memory_bytes', 'pss');
    expect(grown).toBeGreaterThan(45 * MIB);
    expect(grown).toBeLessThan(80 * MIB);
    const opened = valueOf(after, 'mcp_process_open_files') - valueOf(before, 'mcp_process_open_files');
    // The connection of the question before a reading may still be closing, in either of them.
    expect(Math.abs(opened - 7)).toBeLessThanOrEqual(1);
    expect(valueOf(after, 'mcp_process_cpu_cores') * elapsedSeconds).toBeGreaterThan(0.1);
    expect(valueOf(after, 'mcp_process_cpu_ratio')).toBeGreaterThan(0);
    expect(valueOf(after, 'mcp_process_cpu_ratio')).toBeLessThanOrEqual(1);
    expect(valueOf(after, 'mcp_process_restarts_total')).toBe(0);

    // A program that ran and ended between two readings counts as well.
    const toolStartedMs = performance.now();
    await ask(port, '/tool');
    const tool = await read.read(signal);
    const toolSeconds = (performance.now() - toolStartedMs) / 1000;
    expect(valueOf(tool, 'mcp_process_cpu_cores') * toolSeconds).toBeGreaterThan(0.1);
    expect(server.pid).toBeGreaterThan(0);
  });

  it('loses the server when it is killed and finds it again, as a restart', async () => {
    const port = await freePort();
    const server = await start(port);
    const read = source({ port });
    const first = await read.read(signal);
    server.signal('SIGKILL');
    await server.exited;
    await expect(read.read(signal)).rejects.toThrow(
      `process: want one that listens on port ${port}, got none`,
    );
    await start(port);
    const again = await read.read(signal);
    expect(valueOf(again, 'mcp_process_restarts_total')).toBe(1);
    expect(valueOf(again, 'mcp_process_start_time_seconds')).toBeGreaterThan(
      valueOf(first, 'mcp_process_start_time_seconds'),
    );
  });

  it('takes a cluster for one server, and a replaced worker for no restart', async () => {
    const port = await freePort();
    const server = await start(port, 3);
    const read = source({ command: new RegExp(` /dev/null ${port} 3$`) });
    expect(valueOf(await read.read(signal), 'mcp_processes')).toBe(4);

    const worker = Number(await ask(port, '/pid'));
    expect(worker).not.toBe(server.pid);
    process.kill(worker, 'SIGKILL');
    await eventually(async () => {
      const samples = await read.read(signal);
      expect(valueOf(samples, 'mcp_processes')).toBe(4);
      await expect(ask(port, '/pid')).resolves.not.toBe(String(worker));
    });
    const samples = await read.read(signal);
    expect(valueOf(samples, 'mcp_process_restarts_total')).toBe(0);
    expect(valueOf(samples, 'mcp_process_cpu_cores')).toBeGreaterThanOrEqual(0);
  });

  it('tells open connections by their state', async () => {
    const port = await freePort();
    await start(port);
    const hold = await fetch(`http://127.0.0.1:${port}/pid`, { headers: { connection: 'keep-alive' } });
    const samples = await source({ port }).read(signal);
    await hold.text();
    expect(valueOf(samples, 'mcp_process_sockets', 'established')).toBe(1);
    expect(valueOf(samples, 'mcp_process_sockets', 'close_wait')).toBe(0);
  });

  it('measures what another user may see, and says what it may not', async () => {
    const port = await freePort();
    const server = await start(port);
    const isRoot = process.getuid?.() === 0;
    const reader = `
      import { createProcessSource } from ${JSON.stringify(inRepository('src', 'sources', 'process-source.ts'))};
      import { systemClock } from ${JSON.stringify(inRepository('src', 'model', 'clock.ts'))};
      const { signal } = new AbortController();
      const read = (target) => createProcessSource({ target, clock: systemClock }).read(signal).catch((error) => error.message);
      console.log(JSON.stringify([await read({ pid: ${isRoot ? server.pid : 1} }), await read({ port: ${port} })]));
    `;
    const asNobody = isRoot ? { uid: 65_534, gid: 65_534 } : {};
    const ran = spawnSync(process.execPath, ['--input-type=module', '--eval', reader], {
      ...asNobody,
      encoding: 'utf8',
    });
    expect(ran.stderr).toBe('');
    const [samples, byPort] = JSON.parse(ran.stdout) as [Sample[], string];
    expect(valueOf(samples, 'mcp_process_memory_bytes', 'rss')).toBeGreaterThan(0);
    expect(samples.map(({ labels }) => Object.values(labels)[0])).not.toContain('pss');
    expect(samples.some(({ name }) => name === 'mcp_process_sockets')).toBe(false);
    if (!isRoot) return;
    expect(byPort).toBe(
      `process: want one that listens on port ${port}, with permission to read its files, got none` +
        ' (run as the same user or with CAP_SYS_PTRACE)',
    );
  });

  it('stays whole while processes come and go', async () => {
    const churn = `
      import { spawn } from 'node:child_process';
      const more = () => { spawn('/bin/true').once('exit', more); };
      for (let i = 0; i < 4; i++) more();
      console.log('ready');
    `;
    running.push(
      await startProcess({
        command: process.execPath,
        args: ['--input-type=module', '--eval', churn],
        ready: [/ready/],
      }),
    );
    const read = source({ pid: running[0]?.pid ?? 0 });
    for (let i = 0; i < 100; i += 1) {
      const samples = await read.read(signal);
      expect(valueOf(samples, 'mcp_process_memory_bytes', 'pss')).toBeGreaterThan(10 * MIB);
      expect(valueOf(samples, 'mcp_process_restarts_total')).toBe(0);
      await sleep(2);
    }
  });
});

describeWith(venvPython, 'install FastMCP and uvicorn there, see CONTRIBUTING.md')(
  'the process source beside FastMCP under uvicorn',
  () => {
    it('finds the tree by its port, both workers in it', async () => {
      const server = await startFastMcp();
      try {
        const port = Number(new URL(server.url).port);
        const byPort = await createProcessSource({ target: { port }, clock: systemClock }).read(signal);
        const byPid = await createProcessSource({ target: { pid: server.pid }, clock: systemClock }).read(
          signal,
        );
        // Supervisor, two workers and multiprocessing's resource tracker.
        expect(valueOf(byPort, 'mcp_processes')).toBeGreaterThanOrEqual(3);
        expect(valueOf(byPort, 'mcp_processes')).toBe(valueOf(byPid, 'mcp_processes'));
        expect(valueOf(byPort, 'mcp_process_sockets', 'listen')).toBe(1);
        const pss = valueOf(byPort, 'mcp_process_memory_bytes', 'pss');
        expect(pss).toBeGreaterThan(50 * MIB);
        expect(pss).toBeLessThan(2000 * MIB);
      } finally {
        await server.stop();
      }
    }, 90_000);
  },
);
