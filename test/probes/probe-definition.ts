import { systemClock } from '../../src/model/clock.ts';
import type { HttpTarget, ProbeCheck, ProbeDefinition } from '../../src/model/probe.ts';
import type { ProbeResult } from '../../src/model/probe-result.ts';
import { createCredentialReader } from '../../src/probes/probe-secrets.ts';
import { runProbe, type RunProbeOptions } from '../../src/probes/run-probe.ts';

/** A handshake without further wishes. */
export const handshake: ProbeCheck = { kind: 'handshake', capabilities: [] };

/** A call of a tool without further wishes. */
export const callOf = (tool: string, args: Readonly<Record<string, unknown>> = {}): ProbeCheck => ({
  kind: 'tool',
  tool,
  arguments: args,
  expect: {},
});

/** Changes to a definition made for tests. */
export type DefinitionChanges = Partial<Omit<ProbeDefinition, 'target'>> & {
  readonly target?: Partial<HttpTarget>;
};

/** A probe of a URL; long deadlines, since the machine may be busy. */
export function httpProbeOf(
  url: string,
  check: ProbeCheck,
  changes: DefinitionChanges = {},
): ProbeDefinition {
  const { target, ...rest } = changes;
  return {
    name: 'test',
    target: { over: 'http', url, transport: 'streamable', tls: { verify: true }, headers: {}, ...target },
    era: 'legacy',
    check,
    timeoutMs: 30_000,
    retries: 0,
    ...rest,
  };
}

/** A probe of a server that it starts. */
export function stdioProbeOf(
  command: readonly string[],
  check: ProbeCheck = { kind: 'stdio', steps: [] },
  changes: Partial<ProbeDefinition> = {},
): ProbeDefinition {
  return {
    name: 'test',
    target: { over: 'stdio', command, env: {} },
    era: 'legacy',
    check,
    timeoutMs: 30_000,
    retries: 0,
    ...changes,
  };
}

/** Runs a probe with the process's own clock and environment. */
export const run = (
  definition: ProbeDefinition,
  options: Partial<RunProbeOptions> = {},
): Promise<ProbeResult> =>
  runProbe(definition, {
    clock: systemClock,
    readCredentials: createCredentialReader(process.env),
    ...options,
  });

/** The reason of a run's failure, or `none` with what else there is to see where a failure was expected. */
export const reasonOf = ({ failure }: ProbeResult): string => failure?.reason ?? 'none';
