import { setTimeout as sleep } from 'node:timers/promises';
import { parseAddress, type Address } from '../config/address.ts';
import { DEMO_BREAKS, type DemoBreakName } from '../demo/demo-breaks.ts';
import { startDemo } from '../demo/start-demo.ts';
import { startDemoClients } from '../demo/start-demo-clients.ts';
import { exitCode, printProblems, takeOptions, type CommandIo } from './command.ts';
import { readBreaks, readRate } from './demo-options.ts';
import { errorMessage } from './error-text.ts';
import { untilSignal } from './signals.ts';

/** Between two attempts of clients to reach a server that is not there yet. */
const RETRY_MS = 2000;

interface ApartSettings {
  readonly serve: Address | undefined;
  readonly clients: string | undefined;
  readonly ratePerSecond: number;
  readonly breaks: readonly DemoBreakName[];
}

/** Whether arguments of `demo` ask for parts of it alone. */
export const isDemoApart = (argv: readonly string[]): boolean =>
  argv.some((arg) => /^--(serve|clients)(=|$)/.test(arg));

const isHttpUrl = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '');

function readSettings(argv: readonly string[]): ApartSettings | readonly string[] {
  const { values, rest, problems } = takeOptions(argv, ['--serve', '--clients', '--rate', '--break']);
  const [at, clients] = [values.get('--serve'), values.get('--clients')];
  const serve = at === undefined ? undefined : parseAddress(at);
  const rate = readRate(values.get('--rate'));
  const breaks = readBreaks(values.get('--break'));
  const all = [
    ...problems,
    ...rest.map(
      (arg) => `demo: want --serve, --clients, --rate or --break alone, got ${JSON.stringify(arg)}`,
    ),
    ...(at !== undefined && serve === undefined
      ? [`--serve: want an address such as 0.0.0.0:8000, got ${JSON.stringify(at)}`]
      : []),
    ...(clients !== undefined && !isHttpUrl(clients)
      ? [`--clients: want a URL such as http://127.0.0.1:8080/mcp, got ${JSON.stringify(clients)}`]
      : []),
    ...rate.problems,
    ...breaks.problems,
  ];
  return all.length > 0 ? all : { serve, clients, ratePerSecond: rate.value, breaks: breaks.value };
}

interface Part {
  readonly stop: () => Promise<void>;
}

/** Starts clients, again and again until the server is there; undefined when nobody waits any more. */
async function startClients(
  { clients = '', ratePerSecond, breaks }: ApartSettings,
  parts: {
    readonly say: (line: string) => void;
    readonly onFailure: (reason: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<Part | undefined> {
  let lastTrouble = '';
  while (!parts.signal.aborted) {
    try {
      const started = await startDemoClients({
        url: clients,
        ratePerSecond,
        breaks,
        onFailure: parts.onFailure,
      });
      parts.say(`Clients make ${ratePerSecond} calls a second to ${clients}`);
      return started;
    } catch (error) {
      const trouble = errorMessage(error);
      if (trouble !== lastTrouble) parts.say(`Waiting for ${clients}: ${trouble}`);
      lastTrouble = trouble;
      await sleep(RETRY_MS, undefined, { signal: parts.signal }).catch(() => undefined);
    }
  }
  return undefined;
}

async function run(settings: ApartSettings, io: CommandIo, started: Part[]): Promise<number> {
  const say = (line: string): void => void io.stdout.write(`${line}\n`);
  const { promise: failed, resolve: fail } = Promise.withResolvers<string>();
  const over = new AbortController();
  const stopping = untilSignal(['SIGTERM', 'SIGINT'], over.signal);
  void stopping.then(() => over.abort());
  const { serve, clients, breaks } = settings;
  if (serve !== undefined) {
    const server = await startDemo({
      onFailure: fail,
      breaks,
      serverHost: serve.host,
      serverPort: serve.port,
    });
    started.push(server);
    say(`MCP server of the demo on ${server.serverUrl}`);
  }
  for (const each of breaks) say(`Broken on request: ${DEMO_BREAKS[each].about}`);
  if (clients !== undefined) {
    const part = await startClients(settings, { say, onFailure: fail, signal: over.signal });
    if (part !== undefined) started.push(part);
  }
  const failure = await Promise.race([stopping.then(() => undefined), failed]);
  over.abort();
  if (failure === undefined) return exitCode.ok;
  printProblems(io, [failure]);
  return exitCode.failed;
}

/**
 * `mcp-vitals demo --serve ADDRESS`, `demo --clients URL` or both: the demo's server, its clients, and no sidecar,
 * until SIGTERM or SIGINT. Exit code 1 if a part failed.
 */
export async function demoApart(argv: readonly string[], io: CommandIo): Promise<number> {
  const settings = readSettings(argv);
  if ('length' in settings) {
    printProblems(io, settings);
    return exitCode.misused;
  }
  const started: Part[] = [];
  try {
    return await run(settings, io, started);
  } catch (error) {
    printProblems(io, [errorMessage(error)]);
    return exitCode.failed;
  } finally {
    for (const part of started.toReversed()) await part.stop();
  }
}
