import { writeFile } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { loadSettings } from './load-settings.ts';
import { openState } from '../history/state-file.ts';
import { systemClock } from '../model/clock.ts';
import type { ProbeCheck, ProbeDefinition } from '../model/probe.ts';
import { outcomeOf, type ProbeResult } from '../model/probe-result.ts';
import { createProbeEngine } from '../probes/probe-engine.ts';
import { resultLines, transcriptLines } from '../page/transcript-text.ts';
import { exitCode, printProblems, takeOptions, type CommandIo } from './command.ts';
import { errorMessage } from './error-text.ts';
import { atTarget } from './probe-target.ts';
import { requireBaseline } from './read-baseline.ts';
import { probeBaselineMs, readToolsFile } from './start-probes.ts';

/** Exit code for a target that is well after a retry. */
const DEGRADED = 3;

const EXIT_CODES = { success: exitCode.ok, failure: exitCode.failed, retried: DEGRADED } as const;

/** What is to be run, or what is wrong with the question. */
type Asked = { readonly definition: ProbeDefinition } | { readonly problem: string };

const isUrl = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text);

function checkOf(tool: string, argumentsText: string | undefined): ProbeCheck | string {
  let values: unknown;
  try {
    values = argumentsText === undefined ? {} : JSON.parse(argumentsText);
  } catch {
    return '--arguments: want a JSON object, got something else';
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    return '--arguments: want a JSON object, got another value';
  }
  return { kind: 'tool', tool, arguments: { ...values }, expect: {} };
}

function askedUrl(url: string, options: ReadonlyMap<string, string>, { probes }: Config): Asked {
  const name = options.get('--module') ?? 'handshake';
  const module = probes.modules.get(name);
  if (module === undefined) {
    return {
      problem: `--module: want one of ${[...probes.modules.keys()].join(', ')}, got ${JSON.stringify(name)}`,
    };
  }
  const definition = atTarget(module, url);
  const tool = options.get('--tool');
  if (tool === undefined) return { definition };
  const check = checkOf(tool, options.get('--arguments'));
  return typeof check === 'string'
    ? { problem: check }
    : { definition: { ...definition, name: tool, check } };
}

function asked(what: string, options: ReadonlyMap<string, string>, config: Config): Asked {
  if (isUrl(what)) return askedUrl(what, options, config);
  const [option] = options.keys();
  if (option !== undefined) return { problem: `${option}: want a URL beside it, got the name of a probe` };
  const { list } = config.probes;
  const found = list.find(({ definition }) => definition.name === what);
  if (found !== undefined) return { definition: found.definition };
  const known =
    list.length === 0
      ? 'none is configured'
      : `configured are ${list.map((each) => each.definition.name).join(', ')}`;
  return { problem: `want a URL or the name of a probe, got ${JSON.stringify(what)} (${known})` };
}

/** Writes the list of tools that was seen into the file that the probe names. */
async function acceptTools({ check, name }: ProbeDefinition, { tools }: ProbeResult): Promise<string> {
  if (check.kind !== 'tools' || check.snapshotFile === undefined) {
    throw new Error(`--accept: want a probe of kind tools with a snapshotFile, got ${name}`);
  }
  if (tools === undefined) throw new Error('--accept: want a list of tools, got none');
  await writeFile(check.snapshotFile, `${JSON.stringify(tools, null, 2)}\n`);
  return check.snapshotFile;
}

async function run(definition: ProbeDefinition, config: Config, io: CommandIo): Promise<ProbeResult> {
  const warn = (problem: string): void => printProblems(io, [problem]);
  const directory = config.state?.directory;
  const { baseline } = requireBaseline(config);
  const log = (_level: string, message: string): void => warn(message);
  const engine = createProbeEngine({
    clock: systemClock,
    env: io.env,
    // Read only: the history belongs to the sidecar that runs the probe.
    store:
      directory === undefined
        ? undefined
        : {
            ...openState(directory, { clock: systemClock, log }),
            writeState: async () => {},
            setAside: async (name, why) => warn(`${name}: ${why}`),
          },
    baselineMs: (each) => probeBaselineMs(baseline, each),
    readTools: readToolsFile,
    on: {
      result: () => {},
      skip: () => {},
      lateness: () => {},
      known: () => {},
      gone: () => {},
      error: (error) => warn(errorMessage(error)),
    },
  });
  return engine.runOnce(
    definition,
    config.probes.list.some((each) => each.definition === definition),
  );
}

/**
 * `mcp-vitals probe <name|url>`: runs one probe now and prints what came of it
 * with a transcript. Exit code 0 up, 1 down, 3 degraded, 2 wrong use.
 */
export async function probe(argv: readonly string[], io: CommandIo): Promise<number> {
  const [what, ...others] = argv;
  if (what === undefined || what.startsWith('-')) {
    printProblems(io, ['probe: want a URL or the name of a configured probe, got none']);
    return exitCode.misused;
  }
  const asJson = others.includes('--json');
  const accept = others.includes('--accept');
  const { values, rest, problems } = takeOptions(
    others.filter((arg) => arg !== '--json' && arg !== '--accept'),
    ['--module', '--tool', '--arguments'],
  );
  const loaded = loadSettings({ env: io.env, flags: rest });
  if (!loaded.ok || problems.length > 0) {
    printProblems(io, [...problems, ...(loaded.ok ? [] : loaded.problems)]);
    return exitCode.misused;
  }
  const question = asked(what, values, loaded.config);
  if ('problem' in question) {
    printProblems(io, [question.problem]);
    return exitCode.misused;
  }
  const { definition } = question;
  const result = await run(definition, loaded.config, io);
  if (asJson)
    io.stdout.write(
      `${JSON.stringify({ probe: definition.name, outcome: outcomeOf(result), ...result }, null, 2)}\n`,
    );
  else io.stdout.write(`${[...transcriptLines(result.transcript), '', ...resultLines(result)].join('\n')}\n`);
  if (!accept) return EXIT_CODES[outcomeOf(result)];
  try {
    printProblems(io, [`recorded in ${await acceptTools(definition, result)}`]);
    return exitCode.ok;
  } catch (error) {
    printProblems(io, [errorMessage(error)]);
    return exitCode.misused;
  }
}
