import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { announcedDatabase } from '../acceptance/database-sidecar.ts';
import { eventually } from '../harness/eventually.ts';
import { select, total, totalBy } from '../harness/exposition.ts';
import { freePort, listenOnLoopback } from '../harness/free-port.ts';
import { mainPath, startSidecar } from '../harness/sidecar.ts';
import type { Sidecar } from '../harness/sidecar.ts';
import { unobserved } from '../harness/scrape.ts';
import { runProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-backends-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
});

const UPSTREAM = 'http://127.0.0.1:9';

/** Something that takes connections, greets and answers whatever comes with it; it is no PostgreSQL. */
async function startGreeter(greeting: string): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(greeting);
    socket.on('data', (bytes) => socket.write(bytes));
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await listenOnLoopback(server);
  stack.defer(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return port;
}

/** A connection to a port, and all that came of it so far. */
async function open(port: number): Promise<{ socket: Socket; heard: () => string }> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let heard = '';
  socket.on('data', (text: string) => (heard += text)).on('error', () => undefined);
  stack.defer(async () => socket.destroy());
  await eventually(() => expect(heard).not.toBe(''));
  return { socket, heard: () => heard };
}

const kinds = async (sidecar: Sidecar): Promise<Record<string, number>> =>
  totalBy(await sidecar.metrics(), 'mcp_database_connections_total', ['kind']);

describe('the database tap of serve', () => {
  it('where its port is taken ends the start with one line and exit code 2', async () => {
    const occupant = createServer();
    const port = await listenOnLoopback(occupant);
    stack.defer(() => new Promise((resolve) => occupant.close(resolve)));
    const address = `127.0.0.1:${port}`;
    const run = await runProcess({
      command: process.execPath,
      args: [
        mainPath,
        'serve',
        `--upstream=${UPSTREAM}`,
        '--listen=127.0.0.1:0',
        '--admin=127.0.0.1:0',
        '--database=127.0.0.1:9',
        `--database.listen=${address}`,
      ],
    });
    expect(run.code).toBe(2);
    const lines = run.stderr.split('\n').filter((line) => line.includes(address));
    expect(lines).toEqual([expect.stringContaining('already in use')]);
    expect(run.stderr).not.toMatch(/^ {4}at /m);
  }, 30_000);

  it('is set by one variable', async () => {
    const sidecar = stack.use(
      await startSidecar(['--upstream', UPSTREAM, '--database.listen', '127.0.0.1:0'], {
        MCP_VITALS_DATABASE: `127.0.0.1:${await startGreeter('hello')}`,
      }),
    );
    expect((await open(announcedDatabase(sidecar))).heard()).toBe('hello');
  }, 30_000);

  it('forwards what is no PostgreSQL, and counts that it saw nothing of it', async () => {
    const port = await startGreeter('220 ready\n');
    const sidecar = stack.use(
      await startSidecar([
        `--upstream=${UPSTREAM}`,
        `--database=127.0.0.1:${port}`,
        '--database.listen=127.0.0.1:0',
      ]),
    );
    const { socket, heard } = await open(announcedDatabase(sidecar));
    socket.write('HELO there\n');
    await eventually(() => expect(heard()).toBe('220 ready\nHELO there\n'));
    socket.end();
    await eventually(async () => {
      expect(await kinds(sidecar)).toEqual({ unknown: 1 });
      expect(unobserved(await sidecar.metrics())).toEqual({ not_postgres: 1 });
    });
  }, 30_000);

  it('only forwards where tap.enabled is false', async () => {
    const port = await startGreeter('220 ready\n');
    const sidecar = stack.use(
      await startSidecar([
        `--upstream=${UPSTREAM}`,
        '--no-tap.enabled',
        `--database=127.0.0.1:${port}`,
        '--database.listen=127.0.0.1:0',
      ]),
    );
    const { heard } = await open(announcedDatabase(sidecar));
    expect(heard()).toBe('220 ready\n');
    const samples = await sidecar.metrics();
    expect(total(samples, 'mcp_database_connections')).toBe(0);
    expect(total(samples, 'mcp_database_connections_total')).toBe(0);
    expect(unobserved(samples)).toEqual({});
  }, 30_000);
});

describe('a reload', () => {
  async function startWith(name: string, text: string) {
    const file = join(folder, name);
    const write = (more: string): Promise<void> => writeFile(file, `upstream: ${UPSTREAM}\n${more}`);
    await write(text);
    const sidecar = stack.use(await startSidecar(['--config', file]));
    // The log announces it a moment before it takes signals.
    await sidecar.metrics();
    return {
      sidecar,
      write,
      reload: async (more: string): Promise<void> => {
        const said = (): number => sidecar.stderr().split('configuration reloaded').length;
        const before = said();
        await write(more);
        sidecar.signal('SIGHUP');
        await eventually(() => expect(said()).toBe(before + 1));
      },
    };
  }

  it('moves new connections to another database, and leaves open ones where they are', async () => {
    const [first, second] = [await startGreeter('first'), await startGreeter('second')];
    const database = (port: number): string =>
      `database: { upstream: '127.0.0.1:${port}', listen: '127.0.0.1:0' }\n`;
    const { sidecar, reload } = await startWith('moved.yaml', database(first));
    const port = announcedDatabase(sidecar);
    const before = await open(port);
    expect(before.heard()).toBe('first');
    await reload(database(second));
    expect((await open(port)).heard()).toBe('second');
    before.socket.write(' still');
    await eventually(() => expect(before.heard()).toBe('first still'));
    expect(sidecar.stderr()).not.toContain('need a restart');
  }, 30_000);

  it.each([
    ['adds a tap', false],
    ['takes the tap away', true],
  ])(
    'that %s needs a restart, and the log says so',
    async (_, had) => {
      const port = await startGreeter('hello');
      const tap = `database: { upstream: '127.0.0.1:${port}', listen: '127.0.0.1:0' }\n`;
      const { sidecar, reload } = await startWith(`tap-${String(had)}.yaml`, had ? tap : '');
      await reload(had ? '' : tap);
      expect(sidecar.stderr()).toMatch(/need a restart to change: database/);
      if (had) expect((await open(announcedDatabase(sidecar))).heard()).toBe('hello');
      else expect(() => announcedDatabase(sidecar)).toThrow('want the address of the database tap');
    },
    30_000,
  );

  it('while it lets connections end is passed over, and cuts nothing', async () => {
    const port = await startGreeter('hello');
    const tap = `database: { upstream: '127.0.0.1:${port}', listen: '127.0.0.1:0' }\n`;
    const { sidecar } = await startWith('drain.yaml', `${tap}listen: { drainTimeout: 1s }\n`);
    await open(announcedDatabase(sidecar));
    sidecar.signal('SIGTERM');
    await eventually(() => expect(sidecar.stderr()).toContain('letting requests finish'));
    sidecar.signal('SIGHUP');
    expect(await sidecar.exited).toEqual({ code: 0, signal: null });
  }, 30_000);

  it('that follows another in the same moment does not leave two of a source running', async () => {
    let readings = 0;
    const page = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      readings += 1;
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 11\r\nconnection: close\r\n\r\nused 1\nmost');
    });
    const port = await listenOnLoopback(page);
    stack.defer(() => new Promise((resolve) => page.close(resolve)));
    const source = (seconds: number): string =>
      `sources: { scrape: { url: 'http://127.0.0.1:${port}', interval: ${seconds}s } }\n`;
    const { sidecar, write } = await startWith('quick.yaml', source(1));
    for (const sources of [source(2), source(3), source(1), '']) {
      await write(sources);
      sidecar.signal('SIGHUP');
    }
    await eventually(async () => {
      expect(select(await sidecar.metrics(), 'mcp_vitals_source_up')).toEqual([]);
    });
    const before = readings;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(readings).toBe(before);
  }, 30_000);
});

describe('a source that nobody answers', () => {
  it('is down from the first reading on, in words, and stops nothing', async () => {
    const port = await freePort();
    const sidecar = stack.use(
      await startSidecar([
        `--upstream=${UPSTREAM}`,
        `--sources.process.port=${port}`,
        `--sources.postgres=postgres://vitals@127.0.0.1:${port}/orders`,
        `--sources.redis=redis://127.0.0.1:${port}`,
        `--sources.scrape=http://127.0.0.1:${port}/metrics`,
        `--sources.prometheus=http://127.0.0.1:${port}`,
        '--sources.prometheus.queries=[{ to: connection_pool_usage, labels: { pool_type: http }, query: up }]',
      ]),
    );
    const KINDS = ['postgres', 'process', 'prometheus', 'redis', 'scrape'];
    await eventually(async () => {
      const up = select(await sidecar.metrics(), 'mcp_vitals_source_up');
      expect(up.map(({ labels, value }) => [labels['source'], value])).toEqual(
        expect.arrayContaining(KINDS.map((source) => [source, 0])),
      );
    });
    for (const source of KINDS) {
      const said = sidecar
        .stderr()
        .split('\n')
        .filter((line) => line.includes(`source ${source}: `));
      expect(said).toHaveLength(1);
      expect(said[0]).toContain(String(port));
    }
    expect(await sidecar.stop()).toEqual({ code: 0, signal: null });
  }, 30_000);
});
