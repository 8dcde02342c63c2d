import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { freePort } from '../harness/free-port.ts';
import { inRepository } from '../harness/repository.ts';
import { startProcess, type TestProcess } from '../harness/start-process.ts';

let log: TestProcess;
let url: string;

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  log = await startProcess({
    command: process.execPath,
    args: [inRepository('docker', 'alert-log', 'alert-log.ts')],
    env: { PORT: String(port) },
    ready: [/alerts will be listed here/],
  });
});
afterAll(() => log.stop());

const send = (path: string, body: unknown): Promise<Response> =>
  fetch(`${url}${path}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

const alert = {
  status: 'firing',
  labels: { alertname: 'McpErrorRatioHigh', instance: 'orders:9464' },
  annotations: {
    summary: 'Requests fail.',
    description: '12% of them,\nwhere 1% is expected.',
    runbook_url: 'https://runbooks.example.com/errors.md',
  },
};

describe('the log of alerts', () => {
  it('has a line for each alert: when, how bad, which, where, what, and what to do', async () => {
    const resolved = { ...alert, status: 'resolved' };
    expect((await send('/page', { alerts: [alert, resolved] })).status).toBe(200);
    await eventually(() => expect(log.stdout()).toContain('resolved'));
    const [, first, second] = log.stdout().trim().split('\n');
    expect(first).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z PAGE firing McpErrorRatioHigh orders:9464: Requests fail\. 12% of them, where 1% is expected\. https:\/\/runbooks\.example\.com\/errors\.md$/,
    );
    expect(second).toMatch(/PAGE resolved McpErrorRatioHigh orders:9464: Requests fail\.$/);
  });

  it('holds the heartbeat back, and tells whoever asks when it was last', async () => {
    expect(await (await fetch(url)).text()).toContain('none yet');
    expect((await send('/watchdog', { alerts: [alert] })).status).toBe(200);
    expect(await (await fetch(url)).text()).toMatch(/last heartbeat of the watchdog: \d{4}-/);
    expect(log.stdout()).not.toContain('WATCHDOG');
  });

  it.each([
    ['no JSON', 'alerts'],
    ['no alerts', { status: 'firing' }],
  ])('refuses a message with %s, and goes on', async (_what, body) => {
    expect((await send('/ticket', body)).status).toBe(400);
    expect((await send('/ticket', { alerts: [alert] })).status).toBe(200);
  });

  it('keeps what would move a cursor or forge a line out of the terminal', async () => {
    const labels = { alertname: 'Mcp\u001B[2JForged\n2026 PAGE firing Nothing', instance: 'x' };
    await send('/page', { alerts: [{ ...alert, labels }] });
    await eventually(() => expect(log.stdout()).toContain('Forged 2026 PAGE'));
    expect(log.stdout()).not.toContain('\u001B');
  });

  it('ends in order when it is told to', async () => {
    expect((await log.stop()).code).toBe(0);
  });
});
