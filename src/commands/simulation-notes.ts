import type { BaselineTables } from '../baselines/baseline-schema.ts';
import { contradictionsOf } from '../baselines/document-contradictions.ts';
import { documentTables } from '../baselines/document-tables.ts';
import type { ToldSimulation } from './simulation-text.ts';

/** What to know of a simulated run: where the document's own time line cannot come out of its policies, or what another CPU does. */
export function simulationNotes(
  tables: BaselineTables,
  { run, comparison }: ToldSimulation,
): readonly string[] {
  if (tables !== documentTables) return [];
  if (comparison !== undefined) {
    return contradictionsOf('autoscaling').map(
      ({ what, figures, used }) => `${what}: ${figures}. Used: ${used}`,
    );
  }
  return run.cpuSource === 'baseline'
    ? [
        'The time line of the auto-scaling test has 2.3 to 3.1 times the CPU for a request: see what --cpu timeline makes of it.',
      ]
    : [];
}
