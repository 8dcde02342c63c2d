import type { ProbeCheck, ProbeDefinition, ScheduledProbe } from '../model/probe.ts';

/** Often enough that a failure shows while somebody is looking. */
const INTERVAL_MS = 5000;

/** What is probed: the handshake of both eras, the list of tools, and the tools themselves. */
const probes: readonly (readonly [name: string, check: ProbeCheck, more?: Partial<ProbeDefinition>])[] = [
  ['handshake-legacy', { kind: 'handshake', capabilities: ['tools'] }, { era: 'legacy' }],
  ['handshake-modern', { kind: 'handshake', capabilities: ['tools'] }, { era: 'modern' }],
  ['tools', { kind: 'tools', failOn: ['removed', 'input_schema'], require: ['get_user'] }],
  [
    'get-user',
    {
      kind: 'tool',
      tool: 'get_user',
      arguments: { user_id: '1' },
      expect: { json: [{ path: '$.json.email', matches: /@/ }] },
    },
  ],
  [
    'report',
    { kind: 'tool', tool: 'generate_report', arguments: { region: 'eu-north' }, expect: { minBytes: 100 } },
  ],
  [
    'weather',
    { kind: 'tool', tool: 'fetch_weather', arguments: { city: 'Lisbon' }, expect: {} },
    // The weather service fails now and then, as such services do.
    { retries: 1 },
  ],
];

/** Probes of the demo's server. */
export const demoProbes = (url: string): readonly ScheduledProbe[] =>
  probes.map(([name, check, more]) => ({
    definition: {
      name,
      target: { over: 'http', url, transport: 'streamable', tls: { verify: true }, headers: {} },
      era: 'auto',
      check,
      timeoutMs: INTERVAL_MS,
      retries: 0,
      ...more,
    },
    schedule: {
      every: { intervalMs: INTERVAL_MS },
      jitterMs: INTERVAL_MS,
      failureThreshold: 2,
      successThreshold: 1,
      enabled: true,
    },
  }));
