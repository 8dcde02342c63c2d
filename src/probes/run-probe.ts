import type { Clock } from '../model/clock.ts';
import { messageOf } from '../model/error-facts.ts';
import type { ProbeDefinition } from '../model/probe.ts';
import type { AttemptResult, ProbeResult, ToolSnapshot } from '../model/probe-result.ts';
import { within } from '../model/within.ts';
import { probeKinds } from './index.ts';
import { judgeFailure, type JudgedFailure } from './judge-failure.ts';
import { createPhaseClock } from './phase-clock.ts';
import { ProbeFailure } from './probe-failure.ts';
import type { ProbeFindings, RunProbeKind } from './probe-run.ts';
import type { CredentialReader } from './probe-secrets.ts';
import { createRedaction } from './redaction.ts';
import { toMicroseconds } from './to-microseconds.ts';
import { createTranscriptRecorder } from './transcript-recorder.ts';

/** How long the clean-up of an attempt may take in all. */
const CLEAN_UP_MS = 15_000;

/** What a run is given beside its definition. */
export interface RunProbeOptions {
  readonly clock: Clock;
  /** The reader of this probe's credentials, the same for each of its runs. */
  readonly readCredentials: CredentialReader;
  /** The list of tools that was recorded; undefined where none was. */
  readonly recordedTools?: ToolSnapshot | undefined;
  /** Ends the run early, as when the sidecar stops. */
  readonly signal?: AbortSignal;
  /** What runs in place of the kinds that there are. */
  readonly kinds?: Readonly<Record<string, RunProbeKind>>;
}

/** Seconds with as many digits as they need: 10, 2.5. */
const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(3))} s`;

async function attempt(definition: ProbeDefinition, options: RunProbeOptions): Promise<AttemptResult> {
  const { clock, kinds = probeKinds } = options;
  const nowMs = clock.nowMs;
  const startMs = nowMs();
  const startedWallMs = clock.wallMs();
  const recorder = createTranscriptRecorder(createRedaction(), () => toMicroseconds(nowMs() - startMs));
  const phases = createPhaseClock(nowMs);
  const findings: ProbeFindings = {};
  const cleanUps: (() => Promise<void>)[] = [];
  const tooLate = new ProbeFailure(
    'timeout',
    `want an answer within ${seconds(definition.timeoutMs)}, got none`,
  );
  const ending = new AbortController();
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {});
  const giveUp = (failure: unknown): void => {
    late.reject(failure);
    ending.abort(failure);
  };
  const deadline = setTimeout(() => giveUp(tooLate), definition.timeoutMs);
  const onStop = (): void => giveUp(options.signal?.reason);
  options.signal?.addEventListener('abort', onStop, { once: true });

  const work = async (): Promise<void> => {
    options.signal?.throwIfAborted();
    const credentials = await options.readCredentials(definition.credentials, recorder.redaction);
    await kinds[definition.check.kind]?.({
      definition,
      credentials,
      recorder,
      phases,
      nowMs,
      signal: ending.signal,
      recordedTools: options.recordedTools,
      findings,
      cleanUp: (each) => cleanUps.unshift(each),
    });
  };

  let failure: JudgedFailure | undefined;
  const working = work();
  try {
    await Promise.race([working, late.promise]);
  } catch (error) {
    failure = judgeFailure(error);
  }
  const durationMs = toMicroseconds(nowMs() - startMs);
  clearTimeout(deadline);
  options.signal?.removeEventListener('abort', onStop);
  // What still waits after the verdict is let go; how it ends is of no interest.
  ending.abort(failure === undefined ? new ProbeFailure('internal', 'the run is over') : tooLate);
  const cleaning = (async () => {
    for (const cleanUp of cleanUps) await cleanUp();
    await working.catch(() => {});
  })();
  await within(CLEAN_UP_MS, cleaning).catch((error: unknown) => {
    recorder.note(`clean-up: ${messageOf(error)}`);
  });
  const { leftBehind = false, server, ...found } = findings;
  if (leftBehind && failure === undefined) {
    failure = { reason: 'left_behind', message: 'want no process of the server after its end, got some' };
  }
  if (failure !== undefined) recorder.note(`failed: ${failure.reason}: ${failure.message}`);
  const callMs = phases.callMs();
  return {
    startedWallMs,
    durationMs,
    ...(callMs !== undefined && { callMs: toMicroseconds(callMs) }),
    phases: phases.phases(),
    ...(failure && { failure: { ...failure, message: recorder.redaction.text(failure.message) } }),
    ...found,
    ...(server !== undefined && { server: recorder.redaction.text(server) }),
    transcript: recorder.transcript(),
  };
}

/**
 * Runs a probe now: one attempt, and further ones after a failure as often as
 * its definition says. Each attempt has the deadline, connections and session of
 * its own, and is cleaned up before the next. Never rejects.
 */
export async function runProbe(definition: ProbeDefinition, options: RunProbeOptions): Promise<ProbeResult> {
  for (let attempts = 1; ; attempts += 1) {
    const result = await attempt(definition, options);
    if (result.failure === undefined || attempts > definition.retries || options.signal?.aborted === true) {
      return { ...result, attempts };
    }
  }
}
