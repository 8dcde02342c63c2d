import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { errorMessage } from './error-text.ts';
import { createQuestions, type Questions } from './ask-questions.ts';
import { exitCode, printProblems, type CommandIo } from './command.ts';
import { MOUNTED_TOKEN, renderInitCompose } from './init-compose.ts';
import { compareFile, writeChecked, type InitFile, type InitFileState } from './init-files.ts';
import { readInitOptions, type InitOptions } from './init-options.ts';
import { renderInitYaml } from './init-yaml.ts';
import { clientSnippet, nextSteps } from './next-steps.ts';
import { loadSettings } from './load-settings.ts';
import { planHttp, type Planned } from './plan-http.ts';
import { planStdio } from './plan-stdio.ts';

const CONFIG_NAME = 'mcp-vitals.yaml';

type Ready = Extract<Planned, { ok: true }>;

/** A path as one would type it here. */
const shown = (path: string): string => {
  const near = relative('.', path);
  return near === '' ? '.' : near.startsWith('..') ? path : near;
};

/** The files that a plan becomes, the configuration first. */
function filesOf({ plan, bearer }: Ready, out: string): readonly [InitFile, ...InitFile[]] {
  const isFile = /\.ya?ml$/.test(out);
  const directory = resolve(isFile ? dirname(out) : out);
  const text = renderInitYaml(plan);
  if (plan.compose && plan.server.over === 'http') {
    // A directory of its own: that is what is mounted, so that a file that is replaced is seen.
    const config = isFile ? resolve(out) : join(directory, 'mcp-vitals', CONFIG_NAME);
    const root = isFile ? dirname(dirname(config)) : directory;
    const override = renderInitCompose({
      origin: plan.server.origin,
      configDirectory: `./${relative(root, dirname(config))}`,
      ...(bearer && { bearer }),
    });
    return [
      { path: config, text },
      { path: join(root, 'docker-compose.override.yml'), text: override },
    ];
  }
  const path = isFile ? resolve(out) : join(directory, CONFIG_NAME);
  if (plan.server.over === 'http') return [{ path, text }];
  const client = { path: join(directory, 'mcp-client.json'), text: clientSnippet(plan, path) };
  return [{ path, text }, client];
}

/** What would be wrong with the configuration where it is used. */
function checkConfig({ plan, bearer }: Ready, env: NodeJS.ProcessEnv, file: string): readonly string[] {
  // Only what the file itself says counts: this user's variables are not those of the sidecar to come.
  const own = bearer !== undefined && 'env' in bearer ? { [bearer.env]: env[bearer.env] || 'unset' } : {};
  const loaded = loadSettings({ file, env: own, flags: [], requireUpstream: plan.server.over === 'http' });
  // The token's file is there in the container only.
  return loaded.ok ? [] : loaded.problems.filter((each) => !each.includes(JSON.stringify(MOUNTED_TOKEN)));
}

/** Whether files may be replaced, where some would be: said by a flag, or asked with what would differ. */
async function mayReplace(
  files: readonly InitFileState[],
  { force }: InitOptions,
  questions: Questions | undefined,
  io: CommandIo,
): Promise<boolean> {
  const differing = files.filter(({ state }) => state === 'differs');
  if (differing.length === 0 || force) return true;
  for (const { path, diff } of differing) {
    io.stdout.write(
      `${shown(path)} is there already, and would differ:\n${diff.map((line) => `  ${line}\n`).join('')}`,
    );
  }
  if (questions !== undefined && (await questions.confirm('Replace what is there', false))) return true;
  printProblems(io, [
    `${differing.map(({ path }) => shown(path)).join(', ')}: want --force to replace what is there, got none; nothing was written`,
  ]);
  return false;
}

async function write(ready: Ready, options: InitOptions, questions: Questions | undefined, io: CommandIo) {
  const files = filesOf(ready, options.out);
  const states = await Promise.all(files.map((file) => compareFile(file)));
  if (!(await mayReplace(states, options, questions, io))) return exitCode.failed;
  const [config] = files;
  const problems = await writeChecked(files, (file, writtenAt) =>
    file === config ? checkConfig(ready, io.env, writtenAt) : [],
  );
  if (problems.length > 0) {
    printProblems(io, [...problems, 'nothing was written']);
    return exitCode.misused;
  }
  const { probes, suggestions, untouched } = ready.plan;
  const lines = states.map(
    ({ path, state }) => `${state === 'same' ? 'As it was' : 'Written'}: ${shown(path)}`,
  );
  io.stdout.write(`\n${lines.join('\n')}\n`);
  const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;
  io.stdout.write(
    `${[
      counted(probes.length, 'probe is on', 'probes are on'),
      counted(suggestions.length, 'is a suggestion', 'are suggestions'),
      counted(untouched.length, 'tool is never called', 'tools are never called'),
    ].join(', ')}\n`,
  );
  for (const note of ready.notes) io.stdout.write(`Note: ${note}\n`);
  const inProject = existsSync(join(resolve(options.out), 'docker-compose.yml'));
  io.stdout.write(`\n${nextSteps(ready.plan, shown(config.path), inProject)}`);
  return exitCode.ok;
}

/**
 * `mcp-vitals init`: looks at a server, writes a configuration for it and says what to do next. Exit code 0 written or
 * as it was, 1 no server or a file that is there already, 2 wrong use.
 */
export async function init(argv: readonly string[], io: CommandIo): Promise<number> {
  const read = readInitOptions(argv);
  if (!read.ok) {
    printProblems(io, read.problems);
    return exitCode.misused;
  }
  const { options } = read;
  const questions = options.yes ? undefined : createQuestions(io);
  const parts = { env: io.env, questions, say: (line: string) => void io.stdout.write(`${line}\n`) };
  try {
    const planned =
      options.command === undefined
        ? await planHttp(options, parts)
        : await planStdio(options.command, options, parts);
    if (!planned.ok) {
      printProblems(io, planned.problems);
      return planned.isMisuse === true ? exitCode.misused : exitCode.failed;
    }
    return await write(planned, options, questions, io);
  } catch (error) {
    printProblems(io, [`init: ${errorMessage(error)}`]);
    return exitCode.failed;
  }
}
