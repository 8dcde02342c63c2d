import { z } from 'zod';
import { composePath, type ContainerEngine } from './container-engine.ts';
import { eventually } from './eventually.ts';
import { repositoryRoot } from './repository.ts';
import { runProcess } from './start-process.ts';

/** docker-compose.yml, as a user would run it. */
export interface ComposeProject {
  /** Runs `docker-compose …` and gives what it printed; throws with its words if it fails. */
  readonly run: (...args: readonly string[]) => Promise<string>;
  /** The same, with other variables beside those of the project. */
  readonly runWith: (env: Readonly<Record<string, string>>, ...args: readonly string[]) => Promise<string>;
  /** State of each container by its service, such as `healthy`, `starting`, `running` or `exited 0`. */
  readonly states: () => Promise<Readonly<Record<string, string>>>;
  /** Waits until every service has come to a state that is wanted of it. */
  readonly until: (wanted: Readonly<Record<string, string>>, timeoutMs: number) => Promise<void>;
  /** What a service has written. */
  readonly logs: (service: string) => Promise<string>;
  /** Removes containers, networks and volumes. */
  readonly stop: () => Promise<void>;
}

const inspected = z.array(
  z.object({
    Config: z.object({ Labels: z.record(z.string(), z.string()) }),
    State: z.object({
      Status: z.string(),
      ExitCode: z.number(),
      Health: z.object({ Status: z.string() }).optional(),
    }),
  }),
);

/**
 * @param name of the project: the first part of the names of all that it makes.
 * @param env variables, as they would stand in `.env`.
 * @param args further files and profiles, e.g. `['--profile', 'demo']`.
 */
export function createComposeProject(
  engine: ContainerEngine,
  name: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): ComposeProject {
  const runWith: ComposeProject['runWith'] = async (more, ...command) => {
    const { code, stdout, stderr } = await runProcess({
      command: composePath,
      args: ['--project-name', name, ...args, ...command],
      cwd: repositoryRoot,
      env: { ...engine.env, ...env, ...more },
    });
    if (code !== 0) {
      throw new Error(
        `docker-compose ${command.join(' ')}: want exit code 0, got ${code}: ${stderr}${stdout}`,
      );
    }
    return stdout + stderr;
  };
  const run: ComposeProject['run'] = (...command) => runWith({}, ...command);
  const states: ComposeProject['states'] = async () => {
    const label = `label=com.docker.compose.project=${name}`;
    const ids = (await engine.docker('ps', '--all', '--quiet', '--filter', label)).trim().split(/\s+/);
    const containers = inspected.parse(JSON.parse(await engine.docker('inspect', ...ids.filter(Boolean))));
    return Object.fromEntries(
      containers.map(({ Config: { Labels }, State: { Status, ExitCode, Health } }) => [
        Labels['com.docker.compose.service'] ?? '',
        Status === 'running' ? (Health?.Status ?? 'running') : `${Status} ${ExitCode}`,
      ]),
    );
  };
  return {
    run,
    runWith,
    states,
    until: (wanted, timeoutMs) =>
      eventually(async () => {
        const all = await states();
        const missed = Object.entries(wanted).filter(([service, state]) => all[service] !== state);
        const text = missed.map(
          ([service, state]) => `${service}: want ${state}, got ${all[service] ?? 'nothing'}`,
        );
        if (text.length > 0) throw new Error(text.join('; '));
      }, timeoutMs),
    logs: (service) => run('logs', '--no-color', service),
    stop: async () => {
      await run('down', '--volumes', '--remove-orphans', '--timeout', '5');
    },
  };
}
