import type { Registry } from '@prometheus-io/client';
import type { SessionCensus } from '../model/session-census.ts';
import { instrument } from './instruments.ts';

/**
 * Exports the open sessions by age and by client, counted at each exposition.
 * @param clientLabel bounded value of the label `client`; several names may share one.
 */
export function exportSessions(
  registry: Registry,
  census: () => SessionCensus,
  clientLabel: (name: string) => string,
): void {
  instrument('mcp_sessions_active_by_age', registry, (gauge) => {
    for (const [age, count] of census().byAge) gauge.set({ age }, count);
  });
  instrument('mcp_sessions_active_by_client', registry, (gauge) => {
    // A client whose last session is closed leaves no series behind.
    gauge.reset();
    for (const [name, { active }] of census().byClient) gauge.inc({ client: clientLabel(name) }, active);
  });
}
