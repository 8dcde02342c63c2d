import type { DashboardDeclaration } from './dashboard-model.ts';
import { backends } from './backends.ts';
import { capacity } from './capacity.ts';
import { leaks } from './leaks.ts';
import { loadTests } from './load-tests.ts';
import { overview } from './overview.ts';
import { probes } from './probes.ts';
import { sessionsAndStreams } from './sessions.ts';
import { sidecar } from './sidecar.ts';
import { slo } from './slo.ts';
import { tools } from './tools.ts';

/** Every dashboard, one line each; the first is the home. */
export const dashboards: readonly DashboardDeclaration[] = [
  overview,
  tools,
  sessionsAndStreams,
  leaks,
  backends,
  probes,
  loadTests,
  capacity,
  slo,
  sidecar,
];
