import { mkdtempSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess, startProcess } from './start-process.ts';

/** Where Debian's packages `docker.io` and `docker-compose` put what is needed. */
export const dockerdPath = '/usr/sbin/dockerd';
export const composePath = '/usr/bin/docker-compose';

/** An engine for containers that a test may use. */
export interface ContainerEngine {
  /** For every program that talks to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `docker …` and gives what it printed; throws with its words if it fails. */
  readonly docker: (...args: readonly string[]) => Promise<string>;
  /** Ends it, if it was started here, and removes all that it kept. */
  readonly stop: () => Promise<void>;
}

/** The classic builder: it comes with the engine, where the newer one is a package of its own. */
const builder = { DOCKER_BUILDKIT: '0', COMPOSE_DOCKER_CLI_BUILD: '0' };

/**
 * The engine that runs on this machine, else one of our own with its data in a temporary folder.
 * @throws Error with the end of the engine's log where none can be started.
 */
export async function startContainerEngine(): Promise<ContainerEngine> {
  const running = await runProcess({ command: 'docker', args: ['version'] });
  if (running.code === 0) return engine({}, async () => undefined);
  const folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-engine-'));
  const socket = `unix://${join(folder, 'docker.sock')}`;
  const kept = { '--data-root': 'data', '--exec-root': 'exec', '--pidfile': 'docker.pid' };
  const daemon = await startProcess({
    command: dockerdPath,
    args: [
      `--host=${socket}`,
      ...Object.entries(kept).map(([flag, name]) => `${flag}=${join(folder, name)}`),
    ],
    ready: [/API listen on/],
    readyTimeoutMs: 60_000,
  }).catch(async (error: unknown) => {
    await removeFolder(folder);
    throw error;
  });
  return engine({ DOCKER_HOST: socket }, async () => {
    await daemon.stop();
    await removeFolder(folder);
  });
}

function engine(env: Readonly<Record<string, string>>, stop: () => Promise<void>): ContainerEngine {
  const all = { ...env, ...builder };
  return {
    env: all,
    docker: async (...args) => {
      const { code, stdout, stderr } = await runProcess({ command: 'docker', args, env: all });
      if (code !== 0) throw new Error(`docker ${args.join(' ')}: want exit code 0, got ${code}: ${stderr}`);
      return stdout;
    },
    stop,
  };
}

/** Removes a folder, and what a container that did not end in order left mounted below it. */
async function removeFolder(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.toReversed()) await runProcess({ command: 'umount', args: ['--lazy', path] });
  await rm(folder, { recursive: true, force: true });
}
