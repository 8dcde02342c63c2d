import type { HttpCarrier } from './http-carrier.ts';
import type { ProbeRun } from './probe-run.ts';

/** Enters what became known of a run's connection, also one that failed; gives the time that it took in all, in ms. */
export function noteConnection({ phases, findings }: ProbeRun, carrier: HttpCarrier): number {
  const expiryMs = carrier.certificateExpiryMs();
  if (expiryMs !== undefined) findings.certificateExpiryMs = expiryMs;
  const times = carrier.connection();
  if (times === undefined) return 0;
  phases.add('dns', times.dnsMs);
  phases.add('connect', times.connectMs);
  if (times.tlsMs !== undefined) phases.add('tls', times.tlsMs);
  return times.dnsMs + times.connectMs + (times.tlsMs ?? 0);
}
