import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { PageHealth } from '../../src/model/page-health.ts';
import { startPageSidecar, type PageSidecar } from '../harness/page-sidecar.ts';
import { createHandClock, type HandClock } from './detector-stage.ts';

jest.setTimeout(60_000);

const STEP_MS = 15_000;
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** A sidecar on a clock of ours, before a server that was well for a minute. */
async function startWell(): Promise<{ readonly sidecar: PageSidecar; readonly clock: HandClock }> {
  const clock = createHandClock();
  const sidecar = await startPageSidecar([], { clock });
  stops.push(sidecar.stop);
  for (let step = 0; step < 4; step++) {
    for (let call = 0; call < 15; call++) await sidecar.call('search');
    clock.pass(STEP_MS);
    await sidecar.page.tick();
  }
  return { sidecar, clock };
}

const health = async ({ page }: PageSidecar): Promise<PageHealth> => (await page.readPage()).health;

describe('the verdict of the page', () => {
  it('is red within 15 seconds of the first failures, says what it is, since when and what to do', async () => {
    const { sidecar, clock } = await startWell();
    expect(await health(sidecar)).toMatchObject({ verdict: 'ok', reasons: [] });
    const brokenAtMs = clock.wallMs();
    // One call a second, of which each fails; what is shown is a second old at most.
    for (let second = 0; second < 14; second++) {
      await sidecar.call('bad');
      clock.pass(1000);
    }
    const { verdict, sinceMs, reasons } = await health(sidecar);
    expect(verdict).toBe('bad');
    expect((sinceMs ?? 0) - brokenAtMs).toBeLessThanOrEqual(15_000);
    expect(reasons[0]?.text).toMatch(/^Error rate: \d+(\.\d+)? % fail by the server's fault/);
    expect(reasons[0]?.next.length).toBeGreaterThan(0);
  });

  it('does not turn at a single failure among many', async () => {
    const { sidecar, clock } = await startWell();
    await sidecar.call('bad');
    clock.pass(1000);
    expect(await health(sidecar)).toMatchObject({ verdict: 'ok', reasons: [] });
  });

  it('is red when nothing listens any more, though nobody calls', async () => {
    const { sidecar, clock } = await startWell();
    await sidecar.breakServer();
    clock.pass(14_000);
    await health(sidecar);
    clock.pass(1000);
    const { verdict, reasons } = await health(sidecar);
    expect(verdict).toBe('bad');
    expect(reasons[0]).toMatchObject({ alert: 'McpServerUnreachable' });
    expect(reasons[0]?.text).toMatch(/^The server takes no connections: /);
  });

  it('is well again when the failures are a minute old', async () => {
    const { sidecar, clock } = await startWell();
    for (let call = 0; call < 10; call++) await sidecar.call('bad');
    clock.pass(1000);
    expect((await health(sidecar)).verdict).toBe('bad');
    for (let step = 0; step < 5; step++) {
      for (let call = 0; call < 15; call++) await sidecar.call('search');
      clock.pass(STEP_MS);
      await sidecar.page.tick();
    }
    const { reasons } = await health(sidecar);
    expect(reasons.filter(({ section }) => section === 'health')).toEqual([]);
  });
});

describe('the runbooks of the admin server', () => {
  it('answers each alert with what to do, and an unknown one with a page that says so', async () => {
    const { adminUrl, stop, page } = await startPageSidecar();
    stops.push(stop);
    const { conditions } = await page.readPage();
    const names = [...conditions.judgedHere, ...conditions.notJudgedHere].map(({ name }) => name);
    const list = await (await fetch(`${adminUrl}/runbooks`)).text();
    for (const name of names) expect(list).toContain(`href="runbooks/${name}"`);
    const found = await fetch(`${adminUrl}/runbooks/McpErrorRatioHigh`);
    expect(found.status).toBe(200);
    const text = await found.text();
    for (const part of ['What to do now', 'How to confirm', 'Usual causes', 'What to do later']) {
      expect(text).toContain(part);
    }
    const missing = await fetch(`${adminUrl}/runbooks/${encodeURIComponent('<img src=x>')}`);
    expect(missing.status).toBe(404);
    const missingText = await missing.text();
    expect(missingText).toContain('No such runbook');
    expect(missingText).not.toContain('<img');
  });
});
