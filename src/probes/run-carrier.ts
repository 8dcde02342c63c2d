import type { HttpTarget } from '../model/probe.ts';
import { createHttpCarrier, type HttpCarrier, type HttpCarrierOptions } from './http-carrier.ts';
import type { ProbeRun } from './probe-run.ts';
import { readProbeTls } from './probe-secrets.ts';

/** Longest time that an answer to `initialize` is waited for after the deadline, and the least. */
const LATE_SESSION_MS = { least: 1000, most: 5000 };

/** Makes the carrier of a run to its target, with its credentials and certificates. */
export async function openCarrier(
  { credentials, recorder, nowMs, signal, definition }: ProbeRun,
  { url, tls, headers }: HttpTarget,
  observer: Pick<HttpCarrierOptions, 'onFirstByte' | 'onEnd'> = {},
): Promise<HttpCarrier> {
  const { least, most } = LATE_SESSION_MS;
  const issuer = definition.credentials?.oauth?.issuer;
  return createHttpCarrier({
    url,
    ...(issuer !== undefined && { otherOrigins: [new URL(issuer).origin] }),
    tls: await readProbeTls(tls),
    headers: { ...headers, ...credentials.headers },
    recorder,
    nowMs,
    signal,
    lateSessionMs: Math.min(Math.max(definition.timeoutMs, least), most),
    ...observer,
  });
}

/** Enters what became known of a run's connection, also one that failed; gives the time that it took in all, in ms. */
export function noteConnection({ phases, findings }: ProbeRun, carrier: HttpCarrier): number {
  const expiryMs = carrier.certificateExpiryMs();
  if (expiryMs !== undefined) findings.certificateExpiryMs = expiryMs;
  const times = carrier.connection();
  if (times === undefined) return 0;
  const { dnsMs, connectMs, tlsMs } = times;
  if (dnsMs !== undefined) phases.add('dns', dnsMs);
  phases.add('connect', connectMs);
  if (tlsMs !== undefined) phases.add('tls', tlsMs);
  return (dnsMs ?? 0) + connectMs + (tlsMs ?? 0);
}
