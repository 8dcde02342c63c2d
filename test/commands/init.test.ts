import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { check } from '../../src/commands/check.ts';
import { init } from '../../src/commands/init.ts';
import { loadSettings } from '../../src/commands/load-settings.ts';
import { eventually } from '../harness/eventually.ts';
import { freePort } from '../harness/free-port.ts';
import { startHandServer, startSilentServer } from '../harness/hand-server.ts';
import { describeWith } from '../harness/requirement.ts';
import {
  startEverything,
  startFastMcp,
  startFullServer,
  stdioServers,
  venvPython,
  type UpstreamServer,
} from '../harness/servers.ts';
import { mainPath, startSidecar } from '../harness/sidecar.ts';
import { startProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { runCommand, type CommandRun } from './run-command.ts';

const stack = createStopStack();
const folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-init-'));
afterAll(async () => {
  await stack.stopAll();
  rmSync(folder, { recursive: true });
}, 30_000);

let count = 0;
const newFolder = (): string => join(folder, String((count += 1)));
const TOKEN = 'upstream-t0ken';

/** The probes of a configuration, as `serve` would run them. */
function probesOf(file: string, env: NodeJS.ProcessEnv = {}) {
  const loaded = loadSettings({ file, env, flags: [] });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config.probes.list.map(({ definition }) => definition);
}

/** Serves with a configuration, and waits until every probe of it is up. */
async function expectAllUp(file: string, env: Record<string, string> = {}): Promise<void> {
  const sidecar = await startSidecar(['-c', file, '--probes.interval', '1s', '--probes.jitter', '0s'], env);
  try {
    const names = probesOf(file, env).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    await eventually(async () => {
      const page = await (await fetch(`${sidecar.adminUrl}/metrics`)).text();
      for (const name of names) expect(page).toContain(`probe_state{probe="${name}",state="up"} 1`);
    });
  } finally {
    await sidecar.stop();
  }
}

/** A server before another that answers some requests itself. */
async function startGuard(
  server: UpstreamServer,
  refuse: (headers: IncomingHttpHeaders) => number | undefined,
) {
  const { hostname, port } = new URL(server.url);
  return startHandServer((body, response, { url, method, headers }) => {
    const status = refuse(headers);
    if (status !== undefined) {
      response.writeHead(status, status === 401 ? { 'www-authenticate': 'Bearer' } : {}).end();
      return;
    }
    const onward = httpRequest({ hostname, port, path: url, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    onward.end(body);
  });
}

/** A server that asks for a token. */
const startLocked = (server: UpstreamServer) =>
  startGuard(server, ({ authorization }) => (authorization === `Bearer ${TOKEN}` ? undefined : 401));

/** Answers questions as they come, at a terminal; undefined ends the input, as Ctrl-D does. */
async function answering(
  argv: readonly string[],
  answers: readonly (readonly [question: RegExp, answer: string | undefined])[],
  env: NodeJS.ProcessEnv = {},
): Promise<CommandRun & { readonly unanswered: number }> {
  const [stdin, stdout, stderr] = [
    Object.assign(new PassThrough(), { isTTY: true }),
    new PassThrough(),
    new PassThrough(),
  ];
  const left = [...answers];
  let seen = '';
  stdout.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    const [next] = left;
    if (next === undefined || !next[0].test(seen)) return;
    left.shift();
    seen = '';
    if (next[1] === undefined) stdin.end();
    else stdin.write(`${next[1]}\n`);
  });
  const written = Promise.all([text(stdout), text(stderr)]);
  const code = await init(argv, { stdin, stdout, stderr, env });
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { code, out, err, unanswered: left.length };
}

describe('mcp-vitals init beside a server', () => {
  let everything: UpstreamServer;
  let full: UpstreamServer;
  beforeAll(async () => {
    [everything, full] = await Promise.all([startEverything('streamableHttp'), startFullServer()]);
    stack.use(everything);
    stack.use(full);
  }, 60_000);

  it('finds its endpoint and its tools, and writes probes that are up when served', async () => {
    const out = newFolder();
    const run = await runCommand(init, ['--upstream', everything.url, '--out', out]);
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
    expect(run.out).toContain('found mcp-servers/everything 2.0.0 at /mcp, the legacy era (initialize)');
    const file = join(out, 'mcp-vitals.yaml');
    const names = probesOf(file).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['handshake', 'tools', 'get-structured-content', 'get-tiny-image']),
    );
    // What takes ten seconds, needs a value that nobody gave, changes something or tells secrets is no probe.
    expect(names.join()).not.toMatch(/long-running|echo|get-sum|toggle|gzip|get-env/);
    const written = readFileSync(file, 'utf8');
    expect(written).toMatch(/# trigger-long-running-operation is off: it took \d+ s\n/);
    expect(written).toContain('# echo is off: its schema gives no value for message\n');
    expect(written).toMatch(/# Never called, since secrets may be in its answer: get-env\n/);
    expect(written).toContain(`process: { port: ${new URL(everything.url).port} }`);
    expect((await runCommand(check, [file])).code).toBe(0);
    await expectAllUp(file);
  }, 120_000);

  it('probes both eras of a server that speaks both', async () => {
    const out = newFolder();
    const run = await runCommand(init, ['--upstream', `${full.url}/mcp`, '--out', join(out, 'own.yaml')]);
    expect(run.err).toBe('');
    const file = join(out, 'own.yaml');
    const probes = probesOf(file).map(({ name, era }) => [name, era]);
    expect(probes).toEqual([
      ['handshake-legacy', 'legacy'],
      ['handshake-modern', 'modern'],
      ['tools', 'auto'],
    ]);
    await expectAllUp(file);
  }, 120_000);

  it('finds HTTP+SSE', async () => {
    const server = stack.use(await startEverything('sse'));
    const out = newFolder();
    const run = await runCommand(init, ['--upstream', server.url, '--out', out, '--no-probe-tools']);
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
    const file = join(out, 'mcp-vitals.yaml');
    const probes = probesOf(file);
    expect(probes.map(({ name }) => name)).toEqual(['handshake', 'tools']);
    expect(probes[0]?.target).toMatchObject({ url: `${server.url}/sse`, transport: 'sse' });
    await expectAllUp(file);
  }, 120_000);

  it('needs the token of a server that asks for one, and never writes it', async () => {
    const server = stack.use(await startLocked(full));
    const without = await runCommand(init, ['--upstream', server.url, '--out', newFolder()]);
    expect(without.code).toBe(1);
    expect(without.err).toContain(
      `${server.url}/mcp: want a token: give it with --bearer-env NAME or --bearer-file FILE`,
    );
    const wrong = await runCommand(init, ['--upstream', server.url, '--bearer-env', 'T'], { T: 'another' });
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('want a token that the server takes, got another');
    expect(wrong.err).not.toMatch(/"another"|Bearer another/);

    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, `${TOKEN}\n`);
    for (const [flags, env, bearer] of [
      [['--bearer-env', 'UP_TOKEN'], { UP_TOKEN: TOKEN }, { env: 'UP_TOKEN' }],
      [['--bearer-file', tokenFile], {}, { file: tokenFile }],
    ] as const) {
      const out = newFolder();
      const run = await runCommand(init, ['--upstream', server.url, '--out', out, ...flags], env);
      expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
      const file = join(out, 'mcp-vitals.yaml');
      expect(`${readFileSync(file, 'utf8')}${run.out}`).not.toContain(TOKEN);
      expect(probesOf(file, env).map(({ credentials }) => credentials)).toEqual([
        { bearer },
        { bearer },
        { bearer },
      ]);
      await expectAllUp(file, env);
    }
  }, 120_000);

  it('writes an override for compose, with addresses as a container sees them', async () => {
    const out = newFolder();
    const token = { UP_TOKEN: TOKEN };
    const argv = ['--upstream', full.url, '--out', out, '--compose', '--bearer-env', 'UP_TOKEN'];
    const run = await runCommand(init, [...argv, '--redis-url', 'redis://:hidden@localhost:6379'], token);
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
    expect(run.out).toContain('listens on loopback alone: containers cannot reach it');
    const origin = `http://host.docker.internal:${new URL(full.url).port}`;
    const override = readFileSync(join(out, 'docker-compose.override.yml'), 'utf8');
    expect(override).toContain(`MCP_VITALS_UPSTREAM: ${origin}\n`);
    const file = join(out, 'mcp-vitals', 'mcp-vitals.yaml');
    expect(probesOf(file, token)[0]?.target).toMatchObject({ url: `${origin}/mcp` });
    const written = `${override}${readFileSync(file, 'utf8')}`;
    expect(written).toContain('redis: redis://host.docker.internal:6379');
    expect(written).not.toMatch(/upstream-t0ken|hidden|process: \{/);
  }, 60_000);

  it('has probes from a container send the Host that a guarded server takes', async () => {
    const server = stack.use(
      await startGuard(full, ({ host }) => (host?.startsWith('127.0.0.1') === true ? undefined : 403)),
    );
    const out = newFolder();
    const run = await runCommand(init, ['--upstream', server.url, '--out', out, '--compose']);
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
    const probes = probesOf(join(out, 'mcp-vitals', 'mcp-vitals.yaml'));
    expect(probes.map(({ target }) => target.over === 'http' && target.headers)).toEqual(
      probes.map(() => ({ host: `127.0.0.1:${server.port}` })),
    );
  }, 60_000);

  it('leaves what is there, says what would differ, and replaces it with --force', async () => {
    const out = newFolder();
    const argv = [
      '--upstream',
      full.url,
      '--out',
      out,
      '--no-probe-tools',
      '--vcpus',
      '4',
      '--memory',
      '8GiB',
    ];
    expect((await runCommand(init, argv)).code).toBe(0);
    const file = join(out, 'mcp-vitals.yaml');
    const first = readFileSync(file, 'utf8');
    const again = await runCommand(init, argv);
    expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: '' });
    expect(again.out).toMatch(/As it was: .*mcp-vitals\.yaml/);

    writeFileSync(file, first.replace('tier: 2', 'tier: 3'));
    const refused = await runCommand(init, argv);
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/^ {2}- {3}tier: 3 #.*\n {2}\+ {3}tier: 2 #/m);
    expect(refused.err).toContain('want --force to replace what is there, got none; nothing was written');
    expect(readFileSync(file, 'utf8')).toContain('tier: 3');

    expect((await runCommand(init, [...argv, '--force'])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(first);
    expect(readdirSync(out)).toEqual(['mcp-vitals.yaml']);
  }, 60_000);

  it('writes nothing where the configuration would be wrong', async () => {
    const out = newFolder();
    const run = await runCommand(init, ['--upstream', full.url, '--out', out, '--tier', '9']);
    expect(run.code).toBe(2);
    expect(run.err).toMatch(/server\.tier: want one of 1, 2, 3, 4, got 9/);
    expect(readdirSync(out)).toEqual([]);
  }, 60_000);

  it('asks in a terminal, and asks again where an answer is none', async () => {
    const out = newFolder();
    const run = await answering(
      ['--out', out],
      [
        [/Address of the MCP server \[http:\/\/127\.0\.0\.1:\d+\]: $/, 'not an address'],
        [/want an address such as[^]*Address[^]*: $/, everything.url],
        [/Run it with docker compose \[no\]: $/, ''],
        [/What does the server run on[^]*: $/, '16x32GiB'],
        [/Probe tools that only read[^]* \[yes\]: $/, 'maybe'],
        [/want yes or no[^]*: $/, 'n'],
      ],
    );
    expect(run).toMatchObject({ code: 0, err: '', unanswered: 0 });
    const file = join(out, 'mcp-vitals.yaml');
    expect(readFileSync(file, 'utf8')).toContain('  workers: 16 # one for each vCPU');
    expect(probesOf(file).map(({ name }) => name)).toEqual(['handshake', 'tools']);
  }, 60_000);

  it('writes nothing where the input ends before the last answer', async () => {
    const out = newFolder();
    const run = await answering(
      ['--out', out, '--upstream', full.url],
      [
        [/Run it with docker compose \[no\]: $/, 'no'],
        [/What does the server run on[^]*: $/, undefined],
      ],
    );
    expect(run).toMatchObject({
      code: 1,
      err: 'mcp-vitals: init: want an answer, got the end of the input\n',
      unanswered: 0,
    });
    expect(existsSync(out)).toBe(false);
  }, 60_000);

  it('asks for the token of a server that wants one', async () => {
    const server = stack.use(await startLocked(full));
    const out = newFolder();
    const run = await answering(
      ['--out', out, '--upstream', server.url, '--no-compose', '--no-probe-tools'],
      [
        [/asks for a token\.[^]*: $/, 'NO_SUCH'],
        [/want a variable that is set[^]*: $/, 'UP_TOKEN'],
        [/What does the server run on[^]*: $/, 'unknown'],
      ],
      { UP_TOKEN: TOKEN },
    );
    expect(run).toMatchObject({ code: 0, err: '', unanswered: 0 });
    expect(readFileSync(join(out, 'mcp-vitals.yaml'), 'utf8')).toContain('# server: { tier: 1, workers: 2 }');
  }, 60_000);
});

describe("mcp-vitals init beside the demo's server", () => {
  it('takes over its metrics page', async () => {
    const [listen, admin] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    const demo = stack.use(
      await startProcess({
        command: process.execPath,
        args: [mainPath, 'demo', '--for', '10m', '--listen', listen, '--admin', admin],
        ready: [/MCP server on (http:\/\/\S+)\/mcp/, /Ready after/],
        readyTimeoutMs: 90_000,
      }),
    );
    const url = demo.matches[0]?.[1] ?? '';
    const out = newFolder();
    const run = await runCommand(init, ['--upstream', url, '--out', out]);
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
    const file = join(out, 'mcp-vitals.yaml');
    expect(readFileSync(file, 'utf8')).toContain(`scrape: ${url}/metrics\n`);
    const report = probesOf(file).find(({ name }) => name === 'generate_report');
    expect(report?.check).toMatchObject({ arguments: { region: 'eu-north' } });
    await expectAllUp(file);
  }, 180_000);
});

describeWith(venvPython, 'see CONTRIBUTING.md')('mcp-vitals init beside FastMCP under uvicorn', () => {
  it('writes probes that are up, and calls no tool that says nothing of itself', async () => {
    const server = stack.use(await startFastMcp());
    const out = newFolder();
    const run = await runCommand(init, ['--upstream', server.url, '--out', out]);
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
    const file = join(out, 'mcp-vitals.yaml');
    expect(probesOf(file).every(({ check: { kind } }) => kind !== 'tool')).toBe(true);
    expect(readFileSync(file, 'utf8')).toMatch(
      /# Never called, since nothing says that it only reads: .*worker/,
    );
    await expectAllUp(file);
  }, 120_000);
});

describe('mcp-vitals init around a stdio server', () => {
  it('writes its probes and what its client needs', async () => {
    const out = newFolder();
    const command = stdioServers.filesystem(folder);
    const run = await runCommand(init, ['--out', out, '--', ...command]);
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
    const file = join(out, 'mcp-vitals.yaml');
    const probes = probesOf(file);
    expect(probes.map(({ name }) => name)).toContain('list_allowed_directories');
    expect(probes.every(({ target }) => target.over === 'stdio')).toBe(true);
    const client: unknown = JSON.parse(readFileSync(join(out, 'mcp-client.json'), 'utf8'));
    expect(client).toEqual({
      mcpServers: {
        'secure-filesystem-server': {
          command: 'npx',
          args: ['mcp-vitals', 'stdio', '-c', file, '--', ...command],
        },
      },
    });
  }, 60_000);

  it('says what came of a command that is no server', async () => {
    const out = newFolder();
    const argv = ['--out', out, '--', process.execPath, '-e', 'process.exit(3)'];
    const run = await runCommand(init, argv);
    expect(run.code).toBe(1);
    expect(run.err).toMatch(/want an MCP server over stdio, got exited: /);
    expect(existsSync(out)).toBe(false);
  }, 60_000);
});

describe('mcp-vitals init where no server is found', () => {
  it('says what it tried and what came, of a port where nothing listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const out = newFolder();
    const run = await runCommand(init, ['--upstream', url, '--out', out]);
    expect(run.code).toBe(1);
    expect(run.err.split('\n')).toHaveLength(3);
    expect(run.err).toContain(`tried ${url}/mcp (Streamable HTTP): refused: `);
    expect(run.err).toContain('--offline');
    expect(existsSync(out)).toBe(false);
  });

  it('tries every usual place of a server that is not MCP', async () => {
    const server = stack.use(
      await startHandServer((_body, response) => void response.writeHead(404).end('no')),
    );
    const run = await runCommand(init, ['--upstream', server.url, '--out', newFolder()]);
    expect(run.code).toBe(1);
    const tried = [...run.err.matchAll(/tried http:\/\/[^/]+(\S+) \((.+?)\): (\w+):/g)].map((match) =>
      match.slice(1),
    );
    expect(tried).toEqual([
      ['/mcp', 'Streamable HTTP', 'http_4xx'],
      ['/', 'Streamable HTTP', 'http_4xx'],
      ['/sse', 'HTTP+SSE', 'http_4xx'],
      ['/mcp/', 'Streamable HTTP', 'http_4xx'],
      ['/api/mcp', 'Streamable HTTP', 'http_4xx'],
      ['/mcp/sse', 'HTTP+SSE', 'http_4xx'],
    ]);
  }, 60_000);

  it('gives a silent server up after one place', async () => {
    const server = stack.use(await startSilentServer());
    const run = await runCommand(init, ['--upstream', server.url, '--out', newFolder()]);
    expect(run.code).toBe(1);
    expect(run.err.match(/tried /g)).toHaveLength(1);
    expect(run.err).toContain('timeout: want an answer within 10 s, got none');
  }, 60_000);

  it('writes a plain configuration with --offline', async () => {
    const out = newFolder();
    const run = await runCommand(init, ['--upstream', 'http://10.0.0.7:8000', '--offline', '--out', out]);
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
    const file = join(out, 'mcp-vitals.yaml');
    expect(probesOf(file)).toEqual([]);
    expect((await runCommand(check, [file])).code).toBe(0);
  });
});

describe('wrong use of mcp-vitals init', () => {
  it.each<[argv: string[], problem: string]>([
    [[], 'want --upstream URL, or a command after --, or a terminal to ask in'],
    [['--upstream', 'ftp://x'], '--upstream: want an address such as'],
    [['--upstream', 'ftp://me:secret@x'], 'got "ftp://***@x"'],
    [['--upstream', 'http://me:secret@x'], 'got one with a user'],
    [['--upstream', 'x', '--tier', 'two'], '--tier: want a number from 1 on, got "two"'],
    [['--upstream', 'x', '--memory', '8'], '--memory: want a size such as 8GiB, got "8"'],
    [['--upstream', 'x', '--vcpus', '4'], '--vcpus, --memory: want both, got one'],
    [['--upstream', 'x', '--frob'], '--frob: want an option of init'],
    [['--upstream', 'x', '--compose', '--no-compose'], '--compose: want it or --no-compose, got both'],
    [
      ['--upstream', 'x', '--database-url', 'mysql://me:secret@x'],
      '--database-url: want a URL such as postgres://',
    ],
    [['--upstream', 'x', '--', 'node'], '--upstream: want it or a command after --, got both'],
    [['--'], '--: want the command of a stdio server after it, got nothing'],
  ])('%j', async (argv, problem) => {
    const { code, out, err } = await runCommand(init, argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(problem);
    expect(err).not.toContain('secret');
  });
});
