import type { PanelDeclaration } from './dashboard-model.ts';
import { of } from './select.ts';
import { PROBE_WORDS, VERDICTS } from './words.ts';

/** A number for the state that a probe is in: 0 unknown, 1 up, 2 degraded, 3 down. */
const probeState = `max by (instance, probe) (${of('probe_state', 'state="up"')} + ignoring (state) 2 * ${of('probe_state', 'state="degraded"')} + ignoring (state) 3 * ${of('probe_state', 'state="down"')})`;

/** The states of all probes over time; it stands on two dashboards. */
export const probeStates: PanelDeclaration = {
  kind: 'state-timeline',
  title: 'State of each probe',
  description:
    'Good: green from end to end. Each probe calls the server itself as a client would; degraded is a success after a retry. Source: probe_state, after its thresholds.',
  unit: 'none',
  queries: [{ expr: probeState, name: '{{probe}} ({{instance}})' }],
  mappings: PROBE_WORDS,
  link: { to: 'dashboard', uid: 'mcp-probes' },
  width: 12,
  height: 8,
};

/** What the leak and drift detectors conclude, over time; it stands on two dashboards. */
export const verdicts: PanelDeclaration = {
  kind: 'state-timeline',
  title: 'Verdicts of the leak and drift detectors',
  description:
    'Good: none. watch: it grows, but its limit is far; ticket: it will reach it; urgent: within 72 hours; page: within 12. Source: mcp_detector_state. Series that never were more than none are left out.',
  unit: 'none',
  queries: [
    {
      expr: `max by (instance, detector, series) (${of('mcp_detector_state')}) and on (instance, detector, series) max by (instance, detector, series) (max_over_time(${of('mcp_detector_state')}[$__range])) > 0 or max by (instance, detector, series) (${of('mcp_detector_state', 'detector=~"memory|sessions"')})`,
      name: '{{detector}} {{series}} ({{instance}})',
    },
  ],
  mappings: VERDICTS,
  link: { to: 'dashboard', uid: 'mcp-leaks' },
  width: 12,
  height: 8,
};
