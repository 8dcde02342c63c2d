import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/model/clock.ts';
import { listenOn } from '../../src/model/listen-on.ts';
import type { PageModel } from '../../src/model/page-model.ts';
import { createEventHub } from '../../src/status/event-hub.ts';
import { readEvents, type EventReader } from '../harness/event-reader.ts';
import { eventually } from '../harness/eventually.ts';
import { startPageSidecar, type PageSidecar } from '../harness/page-sidecar.ts';
import { total } from '../harness/exposition.ts';
import { scrape } from '../harness/scrape.ts';

jest.setTimeout(90_000);

let sidecar: PageSidecar | undefined;
const readers: EventReader[] = [];
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  await sidecar?.stop();
  sidecar = undefined;
});

async function start(flags: readonly string[] = []): Promise<PageSidecar> {
  sidecar = await startPageSidecar(['--page.update-interval', '500ms', ...flags]);
  return sidecar;
}

function listen({ adminUrl }: PageSidecar): EventReader {
  const reader = readEvents(`${adminUrl}/api/v1/events`);
  readers.push(reader);
  return reader;
}

const metric = async ({ metricsUrl }: PageSidecar, name: string): Promise<number> =>
  total(await scrape(metricsUrl), name);

/** A hub by itself that makes an update every 20 ms. */
async function startHub(read: () => Promise<PageModel>) {
  const hub = createEventHub({
    clock: systemClock,
    read,
    updateMs: () => 20,
    mostListeners: () => 5,
    isAllowed: () => true,
    onError: () => undefined,
  });
  const app = express();
  app.get('/events', hub.listen);
  const server = http.createServer(app);
  const { port } = await listenOn(server, { host: '127.0.0.1', port: 0 });
  const stop = async (): Promise<void> => {
    await hub.stop();
    server.close();
  };
  return { hub, url: `http://127.0.0.1:${port}/events`, stop };
}

describe('a hub that is stopped', () => {
  it('reads the page no more, though one came while it was read', async () => {
    const reading = Promise.withResolvers<PageModel>();
    let reads = 0;
    const { hub, url, stop } = await startHub(() => {
      reads += 1;
      return reading.promise;
    });
    readers.push(readEvents(url));
    await eventually(() => expect(reads).toBe(1));
    readers.push(readEvents(url));
    await eventually(() => expect(hub.figures().open).toBe(2));
    const stopped = stop();
    reading.reject(new Error('over'));
    await stopped;
    await sleep(50);
    expect(reads).toBe(1);
  });
});

describe('the events of the page', () => {
  it('begin with the whole page and go on with what changed', async () => {
    const running = await start();
    await running.call('search');
    const reader = listen(running);
    await eventually(() => expect(reader.events.length).toBeGreaterThan(3));
    const [first, ...updates] = reader.events;
    expect(reader.text()).toMatch(/^retry: 3000\n\n/);
    expect(first?.name).toBe('snapshot');
    expect(Object.keys(first?.data ?? {}).toSorted()).toEqual([
      'atMs',
      'conditions',
      'config',
      'headroom',
      'health',
      'leaks',
      'probes',
      'recent',
      'server',
      'sessions',
      'sources',
      'tools',
    ]);
    for (const { name, data } of updates) {
      expect(name).toBe('update');
      // What the configuration is does not change by itself.
      expect(data).not.toHaveProperty('config');
      expect(data['atMs']).toBeGreaterThan(0);
    }
  });

  it('tell of a call within the next update', async () => {
    const running = await start();
    const reader = listen(running);
    await eventually(() => expect(reader.events.length).toBeGreaterThan(1));
    await running.call('search');
    await eventually(() => {
      const last = reader.events.findLast(({ data }) => 'tools' in data);
      expect(last?.data['tools']).toMatchObject({ rows: [{ name: 'search', calls: 1 }] });
    });
  });

  it('show a server that broke within 15 seconds', async () => {
    const running = await start();
    await running.call('search');
    const reader = listen(running);
    await eventually(() => expect(reader.events.length).toBeGreaterThan(1));
    await running.breakServer();
    await eventually(() => {
      const last = reader.events.findLast(({ data }) => 'health' in data);
      expect(last?.data['health']).toMatchObject({ verdict: 'bad', readiness: { ready: false } });
      expect(JSON.stringify(last?.data['health'])).toContain('connection refused');
    }, 15_000);
  });

  it('are refused beyond the cap, and counted', async () => {
    const running = await start(['--page.max-listeners', '2']);
    const [one, two] = [listen(running), listen(running)];
    expect([await one.status, await two.status]).toEqual([200, 200]);
    const third = listen(running);
    expect(await third.status).toBe(503);
    expect(await metric(running, 'mcp_vitals_page_listeners_refused_total')).toBe(1);
    one.close();
    await eventually(async () => expect(await metric(running, 'mcp_vitals_page_listeners')).toBe(1));
    expect(await listen(running).status).toBe(200);
  });

  it('skip a reader that takes nothing, and cut it off in the end, while others go on', async () => {
    const page = await (await start()).page.readPage();
    let updates = 0;
    const { hub, url, stop } = await startHub(() => {
      updates++;
      // More than sockets hold, and another each time.
      const values = { request_rate: Array.from({ length: 300_000 }, () => updates) };
      return Promise.resolve({ ...page, atMs: updates, recent: { ...page.recent, values } });
    });
    const [slow, quick] = [readEvents(url), readEvents(url, {}, false)];
    readers.push(slow, quick);
    await slow.status;
    slow.pause();
    await eventually(() => expect(hub.figures().dropped).toBe(1), 45_000);
    expect(hub.figures()).toMatchObject({ open: 1, dropped: 1 });
    expect(hub.figures().skipped).toBeGreaterThanOrEqual(15);
    const seen = updates;
    await eventually(() => expect(updates).toBeGreaterThan(seen + 2));
    expect(quick.isEnded()).toBe(false);
    await stop();
  });

  it('cost nothing while nobody listens', async () => {
    let reads = 0;
    // What is read is of no matter here.
    const { hub, url, stop } = await startHub(() => Promise.reject(new Error(`read ${++reads}`)));
    hub.hurry();
    await sleep(100);
    expect(reads).toBe(0);
    const reader = readEvents(url);
    await eventually(() => expect(reads).toBeGreaterThan(3));
    reader.close();
    await eventually(() => expect(hub.figures().open).toBe(0));
    const before = reads;
    await sleep(200);
    expect(reads - before).toBeLessThanOrEqual(1);
    await stop();
  });

  it('end with the sidecar', async () => {
    const running = await start();
    const reader = listen(running);
    await reader.status;
    sidecar = undefined;
    await running.stop();
    await eventually(() => expect(reader.isEnded()).toBe(true));
  });
});

describe('a listener with a login', () => {
  it('is let go when the login ends', async () => {
    sidecar = await startPageSidecar(['--page.update-interval', '500ms'], {
      env: { MCP_VITALS_ADMIN_TOKEN: 'secret' },
    });
    const { adminUrl } = sidecar;
    const answer = await fetch(`${adminUrl}/login`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ token: 'secret' }),
    });
    const cookie = answer.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    const reader = readEvents(`${adminUrl}/api/v1/events`, { Cookie: cookie });
    readers.push(reader);
    await eventually(() => expect(reader.events.length).toBeGreaterThan(1));
    await fetch(`${adminUrl}/logout`, { method: 'POST', redirect: 'manual', headers: { Cookie: cookie } });
    await eventually(() => expect(reader.isEnded()).toBe(true));
  });
});
