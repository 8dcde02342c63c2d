import type { ProbeCheck, ProbeDefinition } from '../model/probe.ts';
import { runProbe } from '../probes/run-probe.ts';
import { suggestCall, type CallableTool } from '../probes/suggest-call.ts';
import { optionsOf } from './find-endpoint.ts';
import type { InitPlan, PlannedProbe, SeenEras, SuggestedProbe, UntouchedTool } from './init-plan.ts';

/** Most tools that are called by themselves: each call is load that no user asked for. */
const MOST_TOOLS = 20;
/** Beyond this nobody would wait for a probe. */
const TRY_MS = 15_000;
/** Settings of probes that say nothing else. */
const DEFAULT_TIMEOUT_MS = 10_000;
const SLOW_MS = 1000;
/** A tool that works as long as this is not called again and again for the sake of a probe. */
const TOO_SLOW_MS = 5000;
const TIMES: readonly (readonly [ms: number, text: string])[] = [
  [15_000, '15s'],
  [30_000, '30s'],
  [60_000, '1m'],
  [120_000, '2m'],
  [300_000, '5m'],
];

const NOTHING_EXPECTED = {} as const;

/** The next round time that is as long, or the longest. */
const roundUp = (ms: number): string => (TIMES.find(([each]) => each >= ms) ?? TIMES.at(-1))?.[1] ?? '5m';

/** Ten times what it took, so that only a server in trouble is late; a slow call is made less often. */
export function paceOf(durationMs: number): Pick<PlannedProbe, 'timeout' | 'interval'> {
  const timeoutMs = durationMs * 10;
  return {
    ...(timeoutMs > DEFAULT_TIMEOUT_MS && { timeout: roundUp(timeoutMs) }),
    ...(durationMs > SLOW_MS && { interval: roundUp(durationMs * 60) }),
  };
}

/** A name for the probe of a tool, as probes may be called, and not one that is taken. */
function nameFor(tool: string, taken: ReadonlySet<string>): string {
  const plain = tool.replaceAll(/[^\w.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  const base = (plain === '' ? 'tool' : plain).slice(0, 58);
  for (let i = 1; ; i += 1) {
    const name = i === 1 ? base : `${base}-${i}`;
    if (!taken.has(name)) return name;
  }
}

const toolCheck = (tool: string, values: Readonly<Record<string, unknown>>): ProbeCheck => ({
  kind: 'tool',
  tool,
  arguments: values,
  expect: NOTHING_EXPECTED,
});

/** The probes that ask nothing of the server's tools. */
function plainProbes(eras: SeenEras, hasTools: boolean): readonly PlannedProbe[] {
  const check: ProbeCheck = { kind: 'handshake', capabilities: hasTools ? ['tools'] : [] };
  const handshakes: readonly PlannedProbe[] =
    eras.length < 2
      ? [{ name: 'handshake', check }]
      : eras.map((era) => ({ name: `handshake-${era}`, check, era }));
  if (!hasTools) return handshakes;
  // Lists are long, and change with a release at most.
  const tools: PlannedProbe = {
    name: 'tools',
    check: { kind: 'tools', failOn: ['removed', 'input_schema'], require: [] },
    interval: '5m',
  };
  return [...handshakes, tools];
}

/** What is asked for, beside how the server was reached. */
export interface ProbeWishes {
  readonly eras: SeenEras;
  readonly tools: readonly CallableTool[];
  readonly hasTools: boolean;
  /** Whether tools are called at all. */
  readonly callTools: boolean;
  /** Told before a probe is tried. */
  readonly onTry: (name: string) => void;
}

/**
 * Chooses probes for a server and tries each once: what passes is planned, everything else is suggested with the
 * reason. Tools are called only where {@link suggestCall} finds that safe.
 */
export async function planProbes(
  at: Omit<ProbeDefinition, 'check' | 'name'>,
  { eras, tools, hasTools, callTools, onTry }: ProbeWishes,
  env: NodeJS.ProcessEnv,
): Promise<Pick<InitPlan, 'probes' | 'suggestions' | 'untouched'>> {
  const probes: PlannedProbe[] = [];
  const suggestions: SuggestedProbe[] = [];
  const untouched: UntouchedTool[] = [];
  const options = optionsOf(env);
  const attempt = async (probe: PlannedProbe): Promise<void> => {
    onTry(probe.name);
    const { name, check, era = at.era } = probe;
    const { failure, durationMs } = await runProbe({ ...at, name, check, era, timeoutMs: TRY_MS }, options);
    const planned = { ...paceOf(durationMs), ...probe };
    if (failure === undefined && check.kind === 'tool' && durationMs > TOO_SLOW_MS)
      suggestions.push({ ...planned, why: `it took ${Math.round(durationMs / 1000)} s` });
    else if (failure === undefined) probes.push(planned);
    else suggestions.push({ ...probe, why: `${failure.reason}: ${failure.message}` });
  };

  const plain = plainProbes(eras, hasTools);
  for (const probe of plain) await attempt(probe);
  const taken = new Set(plain.map(({ name }) => name));
  let called = 0;
  for (const tool of tools) {
    const suggested = suggestCall(tool);
    if (suggested.kind === 'unsafe') {
      untouched.push({ tool: tool.name, why: suggested.why });
      continue;
    }
    const name = nameFor(tool.name, taken);
    taken.add(name);
    const probe: PlannedProbe = { name, check: toolCheck(tool.name, suggested.arguments) };
    if (suggested.kind === 'incomplete') {
      const { missing } = suggested;
      suggestions.push({ ...probe, missing, why: `its schema gives no value for ${missing.join(', ')}` });
    } else if (!callTools) suggestions.push({ ...probe, why: 'no tools were to be called' });
    else if (called >= MOST_TOOLS)
      suggestions.push({ ...probe, why: `${MOST_TOOLS} tools are probed already` });
    else {
      called += 1;
      await attempt(probe);
    }
  }
  return { probes, suggestions, untouched };
}
