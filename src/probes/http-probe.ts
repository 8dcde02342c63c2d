import { checkAnswer } from './check-answer.ts';
import { reasonOfStatus } from './judge-failure.ts';
import { ProbeFailure } from './probe-failure.ts';
import type { RunProbeKind } from './probe-run.ts';
import { noteConnection, openCarrier } from './run-carrier.ts';

/** The text as JSON; undefined where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Asks a plain HTTP endpoint, such as a health check; follows no redirect. */
export const httpProbe: RunProbeKind = async (run) => {
  const { definition, phases, signal } = run;
  const { target, check } = definition;
  if (check.kind !== 'http' || target.over !== 'http') return;
  const carrier = await openCarrier(run, target);
  run.cleanUp(() => phases.time('close', carrier.close));
  const startMs = run.nowMs();
  let answeredMs: number | undefined;
  try {
    const answer = await carrier.fetch(target.url, {
      method: check.method,
      ...(check.body !== undefined && { body: check.body }),
      signal,
    });
    answeredMs = run.nowMs();
    const text = await answer.text();
    const isWell =
      check.status.length === 0
        ? answer.status >= 200 && answer.status < 300
        : check.status.includes(answer.status);
    if (!isWell) {
      const wanted = check.status.length === 0 ? '200 to 299' : check.status.join(', ');
      // A success that is not the wanted one is a matter of expectation, not of HTTP.
      const reason = answer.status < 300 ? 'assertion' : reasonOfStatus(answer.status);
      throw new ProbeFailure(reason, `status: want ${wanted}, got ${answer.status}`);
    }
    const durationMs = run.nowMs() - startMs;
    checkAnswer({ document: parsed(text), text, bytes: Buffer.byteLength(text), durationMs }, check.expect);
  } finally {
    const endMs = run.nowMs();
    const connectingMs = noteConnection(run, carrier);
    if (carrier.connection() !== undefined) {
      phases.add('first_byte', (answeredMs ?? endMs) - startMs - connectingMs);
      if (answeredMs !== undefined) phases.add('answer', endMs - answeredMs);
    }
  }
};
