import {
  SESSION_AGES,
  SILENT_AFTER_MS,
  UNKNOWN_CLIENT,
  type SessionCensus,
} from '../model/session-census.ts';
import type { Session } from './session.ts';

/** Counts open sessions by age and by client, in one walk. */
export function takeCensus(sessions: Iterable<Session>, nowMs: number): SessionCensus {
  const byAge = new Map(SESSION_AGES.map(({ label }) => [label, 0]));
  const byClient = new Map<string, { active: number; silent: number }>();
  const all = { active: 0, silent: 0 };
  for (const session of sessions) {
    const ageMs = nowMs - session.openedAtMs;
    const { label } = SESSION_AGES.find(({ belowMs }) => ageMs < belowMs) ?? SESSION_AGES[0];
    byAge.set(label, (byAge.get(label) ?? 0) + 1);
    const name = session.clientName ?? UNKNOWN_CLIENT;
    let client = byClient.get(name);
    if (!client) byClient.set(name, (client = { active: 0, silent: 0 }));
    client.active++;
    all.active++;
    if (session.openExchanges > 0 || nowMs - session.lastSeenMs < SILENT_AFTER_MS) continue;
    client.silent++;
    all.silent++;
  }
  return { ...all, byAge, byClient };
}
