import type { HttpCarrier } from './http-carrier.ts';
import type { ProbeRun } from './probe-run.ts';

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
