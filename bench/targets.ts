import { existsSync, rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorMessage } from './error-text.ts';
import { nginxConfig } from './nginx-config.ts';
import { openSession } from './open-session.ts';
import type { Route } from './orders.ts';
import { freePort, startPinned, untilListening, type PinnedProcess } from './pinned-process.ts';
import { processTree } from './process-cost.ts';

/** Names of everything that is compared, in the order of the tables. */
export const TARGET_NAMES = [
  'direct',
  'nginx',
  'http-proxy-3',
  'undici dispatch',
  'sidecar',
  'sidecar, no tap',
  'mcp-proxy',
  'supergateway',
] as const;

/** One of the things compared. */
export type TargetName = (typeof TARGET_NAMES)[number];

/** Gateways end MCP in an SDK and speak stdio behind; they take calls at full load only. */
export const GATEWAYS: readonly TargetName[] = ['mcp-proxy', 'supergateway'];

/** A target that runs and takes requests. */
export interface Target {
  readonly name: TargetName;
  readonly calls: Route;
  readonly streams: Route;
  /** Processes whose CPU time and memory count; a gateway's stdio server is not among them. */
  readonly pids: readonly number[];
  /** The sidecar's admin server. */
  readonly adminPort?: number;
  /** The last of what it wrote to stderr and stdout. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

/** What targets are started with. */
export interface Surroundings {
  readonly upstreamPort: number;
  /** CPU for the targets; undefined leaves it to the kernel. */
  readonly cpu: number | undefined;
  /** Further node options for the sidecar, e.g. `--cpu-prof`. */
  readonly sidecarNodeOptions: readonly string[];
}

const NGINX_PATHS = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx', '/usr/local/bin/nginx'];
const require = createRequire(import.meta.url);

function fileHere(name: string): string {
  return path.join(import.meta.dirname, name);
}

function packageFile(name: string, file: string): string {
  return path.join(path.dirname(require.resolve(`${name}/package.json`)), file);
}

const SIDECAR = path.join(import.meta.dirname, '..', 'src', 'main.ts');

/** Why a target cannot run here; undefined if it can. */
export function whyMissing(name: TargetName): string | undefined {
  if (name === 'nginx' && !NGINX_PATHS.some((file) => existsSync(file))) return 'nginx is not installed';
  if (name.startsWith('sidecar') && !existsSync(SIDECAR)) return 'src/main.ts does not exist';
  return undefined;
}

interface Command {
  readonly command: readonly string[];
  readonly ipc?: boolean;
  readonly streamsPort?: number;
  readonly adminPort?: number;
  readonly cleanUp?: () => Promise<void>;
}

async function nginxCommand(port: number, upstreamPort: number): Promise<Command> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bench-nginx-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  await chmod(directory, 0o711);
  await mkdir(path.join(directory, 'logs'));
  const streamsPort = await freePort();
  const config = path.join(directory, 'nginx.conf');
  const asRoot = process.getuid?.() === 0;
  await writeFile(config, nginxConfig({ directory, callsPort: port, streamsPort, upstreamPort, asRoot }));
  const program = NGINX_PATHS.find((file) => existsSync(file)) ?? 'nginx';
  return {
    command: [program, '-p', directory, '-e', path.join(directory, 'error.log'), '-c', config],
    streamsPort,
    cleanUp: () => rm(directory, { recursive: true, force: true }),
  };
}

async function sidecarCommand(port: number, around: Surroundings, options: string): Promise<Command> {
  const adminPort = await freePort();
  const settings = `--upstream http://127.0.0.1:${around.upstreamPort} --listen 127.0.0.1:${port} --admin 127.0.0.1:${adminPort} ${options}`;
  return {
    command: [process.execPath, ...around.sidecarNodeOptions, SIDECAR, 'serve', ...words(settings)],
    adminPort,
  };
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

function scriptCommand(file: string, port: number, upstreamPort: number): Command {
  return { command: [process.execPath, fileHere(file), String(port), String(upstreamPort)], ipc: true };
}

// As it comes.
function mcpProxyCommand(port: number): Command {
  const program = packageFile('mcp-proxy', 'dist/bin/mcp-proxy.mjs');
  const options = words(`--host 127.0.0.1 --port ${port} --server stream --`);
  return { command: [process.execPath, program, ...options, process.execPath, fileHere('stdio-server.ts')] };
}

// As it comes, but with one session and one stdio server for all calls: else it starts a process for each.
function supergatewayCommand(port: number): Command {
  const program = ['--import', fileHere('loopback-listen.ts'), packageFile('supergateway', 'dist/index.js')];
  const options = words(`--port ${port} --outputTransport streamableHttp --stateful --stdio`);
  return {
    command: [
      process.execPath,
      ...program,
      ...options,
      `"${process.execPath}" "${fileHere('stdio-server.ts')}"`,
    ],
  };
}

type CommandOf = (port: number, around: Surroundings) => Command | Promise<Command>;

const COMMANDS: Readonly<Record<Exclude<TargetName, 'direct'>, CommandOf>> = {
  nginx: (port, { upstreamPort }) => nginxCommand(port, upstreamPort),
  'http-proxy-3': (port, { upstreamPort }) => scriptCommand('http-proxy-3-server.ts', port, upstreamPort),
  'undici dispatch': (port, { upstreamPort }) => scriptCommand('dispatch-server.ts', port, upstreamPort),
  sidecar: (port, around) => sidecarCommand(port, around, ''),
  'sidecar, no tap': (port, around) => sidecarCommand(port, around, '--tap.enabled false'),
  'mcp-proxy': mcpProxyCommand,
  supergateway: supergatewayCommand,
};

function countedPids(name: TargetName, started: PinnedProcess): number[] {
  return GATEWAYS.includes(name) ? [started.pid] : processTree(started.pid);
}

/** Starts a target, waits until it listens, and opens an MCP session through it. */
export async function startTarget(name: TargetName, around: Surroundings): Promise<Target> {
  if (name === 'direct') {
    const route = await openSession({ port: around.upstreamPort, path: '/mcp' });
    return { name, calls: route, streams: route, pids: [], output: () => '', stop: async () => {} };
  }
  const port = await freePort();
  const { command, ipc = false, streamsPort = port, adminPort, cleanUp } = await COMMANDS[name](port, around);
  const started = startPinned(command, { cpu: around.cpu, ipc });
  const stop = async (): Promise<void> => {
    await started.stop();
    await cleanUp?.();
  };
  try {
    await untilListening(started, port);
    const calls = await openSession({ port, path: '/mcp' });
    return {
      name,
      calls,
      streams: { ...calls, port: streamsPort },
      pids: countedPids(name, started),
      ...(adminPort === undefined ? {} : { adminPort }),
      output: started.output,
      stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`${name}: ${errorMessage(error)}`, { cause: error });
  }
}
