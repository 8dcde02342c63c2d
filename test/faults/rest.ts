import { readdirSync } from 'node:fs';
import { expect } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { total } from '../harness/exposition.ts';
import type { ScrapedSample } from '../harness/exposition.ts';
import type { TestSidecar } from '../transparency/in-process-sidecar.ts';

/** What a sidecar, and the process of the test, hold at one moment. */
export interface Held {
  readonly fileDescriptors: number;
  readonly inFlight: number;
  readonly streams: number;
  readonly unended: number;
  readonly clients: number;
  readonly upstreams: number;
}

/** A connection or two of the scrape itself come and go. */
const SCRAPE_DESCRIPTORS = 4;

const held = (samples: readonly ScrapedSample[]): Held => ({
  fileDescriptors: readdirSync('/proc/self/fd').length,
  inFlight: total(samples, 'mcp_requests_in_flight'),
  streams: total(samples, 'mcp_streams_open'),
  unended:
    total(samples, 'mcp_vitals_exchanges_seen_total') -
    total(samples, 'mcp_vitals_exchanges_observed_total') -
    total(samples, 'mcp_vitals_exchanges_dropped_total'),
  clients: total(samples, 'mcp_vitals_client_connections'),
  upstreams: total(samples, 'mcp_vitals_upstream_connections'),
});

/** What is held now, the connection of the scrape included. */
export async function heldBy(sidecar: TestSidecar): Promise<Held> {
  await sidecar.scrape();
  return held(await sidecar.scrape());
}

/**
 * Waits until no more is held than before.
 * @throws what still differs after 10 s
 */
export async function expectHeld(sidecar: TestSidecar, before: Held): Promise<void> {
  await eventually(async () => {
    const { fileDescriptors, ...now } = held(await sidecar.scrape());
    const { fileDescriptors: descriptorsBefore, ...want } = before;
    expect(now).toEqual(want);
    expect(fileDescriptors).toBeLessThanOrEqual(descriptorsBefore + SCRAPE_DESCRIPTORS);
  }, 10_000);
  expect(sidecar.errors).toEqual([]);
}
