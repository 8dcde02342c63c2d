import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { z } from 'zod';
import { alertmanagerConfig } from '../../src/rules/alertmanager-config.ts';
import { placeholderLinks } from '../../src/rules/links.ts';
import { alertRules, recordRules } from '../../src/rules/rule-file.ts';
import { alertGroups, recordGroups } from '../../src/rules/rule-groups.ts';
import { shortenedWindows } from '../../src/rules/windows.ts';
import { alertmanagerPath, startAlertmanager } from '../harness/alertmanager.ts';
import { eventually } from '../harness/eventually.ts';
import { startHandServer, type HandServer } from '../harness/hand-server.ts';
import { prometheusPath, startPrometheus, type Prometheus } from '../harness/prometheus.ts';
import { describeWith } from '../harness/requirement.ts';
import { startSidecar, type Sidecar } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';

/** The rules that ship, a hundred times as fast: 5 minutes are 3 seconds. */
const windows = shortenedWindows(100, 1000);

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

const notified = z.object({
  status: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  startsAt: z.string(),
});
type Notified = z.infer<typeof notified> & { readonly receiver: string };

const request = z.object({
  id: z.union([z.number(), z.string()]).optional(),
  method: z.string(),
});

/** An MCP server whose faults a test switches on. */
const faults = { slow: false, deadlocks: false };
let sessions = 0;

async function answer(body: string, response: ServerResponse): Promise<void> {
  const { id, method } = request.parse(JSON.parse(body));
  if (faults.slow) await sleep(400);
  const failure = { content: [{ type: 'text', text: 'ERROR: deadlock detected' }], isError: true };
  const result =
    method === 'initialize'
      ? {
          protocolVersion: '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 'faulty', version: '1' },
        }
      : faults.deadlocks
        ? failure
        : { content: [{ type: 'text', text: 'done' }] };
  const session = method === 'initialize' ? { 'mcp-session-id': `session-${sessions++}` } : {};
  response.writeHead(200, { 'content-type': 'application/json', ...session });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
}

const startServer = (port = 0): Promise<HandServer> =>
  startHandServer((body, response) => {
    answer(body, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  }, port);

describeWith(prometheusPath, 'apt-get install prometheus')('Prometheus', () =>
  describeWith(alertmanagerPath, 'apt-get install prometheus-alertmanager')('with Alertmanager', () => {
    const received: Notified[] = [];
    const messages: string[] = [];
    let server: HandServer;
    let sidecar: Sidecar;
    let prometheus: Prometheus;
    const leaving = new AbortController();
    let opensSessions = false;

    const post = async (method: string, id: number): Promise<void> => {
      const params = method === 'tools/call' ? { name: 'lookup', arguments: {} } : {};
      const response = await fetch(`${sidecar.url}/mcp`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
      });
      await response.text();
    };

    /** Calls without a pause beyond its own, whatever comes of them. */
    const work = async (pauseMs: number): Promise<void> => {
      for (let id = 0; !leaving.signal.aborted; id += 1) {
        await post('tools/call', id).catch(() => {});
        if (opensSessions) await post('initialize', id).catch(() => {});
        await sleep(pauseMs);
      }
    };

    const of = (alert: string, status = 'firing') =>
      received.filter(({ labels, status: is }) => labels['alertname'] === alert && is === status);
    const expectAlert = (alert: string, receiver: string) =>
      eventually(() => expect(of(alert).map((each) => each.receiver)).toContain(receiver), 40_000);
    const expectResolved = (alert: string) =>
      eventually(() => expect(of(alert, 'resolved')).not.toEqual([]), 40_000);

    beforeAll(async () => {
      const hook = stack.use(
        await startHandServer((body, response, { url = '' }) => {
          if (url.startsWith('/slack')) messages.push(body);
          else {
            const { alerts } = z.object({ alerts: z.array(notified) }).parse(JSON.parse(body));
            received.push(...alerts.map((each) => ({ ...each, receiver: url.slice(1) })));
          }
          response.end('ok');
        }),
      );
      const webhook = (name: string) => ({
        webhook_configs: [{ url: `${hook.url}/${name}`, send_resolved: true }],
      });
      const slack = {
        api_url: `${hook.url}/slack`,
        send_resolved: true,
        title: '{{ template "mcp.title" . }}',
        text: '{{ template "mcp.text" . }}',
      };
      const config = alertmanagerConfig({
        receivers: {
          page: { ...webhook('page'), slack_configs: [slack] },
          ticket: webhook('ticket'),
          watchdog: webhook('watchdog'),
        },
        windows,
        quietHours: false,
      });
      const alertmanager = stack.use(await startAlertmanager(stringify(config)));
      server = await startServer();
      stack.defer(() => server.stop());
      sidecar = stack.use(await startSidecar(['--upstream', server.url]));
      const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-rules-'));
      stack.defer(() => rm(folder, { recursive: true, force: true }));
      const rulesFile = join(folder, 'rules.yml');
      const options = { windows, links: placeholderLinks };
      const groups = [
        ...recordGroups.map((group) => recordRules(group, options)),
        ...alertGroups.map((group) => alertRules(group, options)),
      ];
      await writeFile(rulesFile, stringify({ groups }));
      prometheus = stack.use(
        await startPrometheus(
          () =>
            stringify({
              global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '1s' },
              rule_files: [rulesFile],
              alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager.address] }] }] },
              scrape_configs: [
                { job_name: 'mcp-vitals', static_configs: [{ targets: [new URL(sidecar.adminUrl).host] }] },
              ],
            }),
          undefined,
          // An alert that fires before Prometheus knows its Alertmanager is else sent a minute later.
          ['--rules.alert.resend-delay=1s'],
        ),
      );
      const workers = Array.from({ length: 4 }, () => work(100));
      stack.defer(async () => {
        leaving.abort();
        await Promise.all(workers);
      });
    }, 60_000);

    test('a healthy server raises nothing but the watchdog', async () => {
      await expectAlert('McpWatchdog', 'watchdog');
      // A quarter of an hour of the rules' time.
      await sleep(9000);
      expect(await prometheus.queryOne('sum(job_instance:mcp_requests:rate5m)')).toBeGreaterThan(5);
      expect(received.filter(({ receiver }) => receiver !== 'watchdog')).toEqual([]);
    }, 60_000);

    test('a tool that turns slow pages, with a text that says what and what to do', async () => {
      faults.slow = true;
      await expectAlert('McpLatencyFarAboveBaseline', 'page');
      faults.slow = false;
      const [alert] = of('McpLatencyFarAboveBaseline');
      expect(alert?.annotations['summary']).toMatch(
        /^Tool calls of 127\.0\.0\.1:\d+ \(mcp-vitals\) are far slower than its baseline\.$/,
      );
      expect(alert?.annotations['description']).toMatch(
        /^\d+(\.\d+)?% of calls take longer than the P99 baseline of 280ms /,
      );
      const message = messages.join('\n');
      expect(message).toMatch(/PAGE 127\.0\.0\.1:\d+: McpLatencyFarAboveBaseline/);
      expect(message).toContain(
        'What to do: https://runbooks.example.com/mcp-vitals/latency.md#mcplatencyfarabovebaseline',
      );
    }, 60_000);

    test('deadlocks behind HTTP 200 page for the errors and open a ticket for their cause', async () => {
      opensSessions = true;
      faults.deadlocks = true;
      await Promise.all([
        expectAlert('McpErrorRatioHigh', 'page'),
        expectAlert('McpDatabaseDeadlocks', 'ticket'),
      ]);
      faults.deadlocks = false;
      await expectResolved('McpLatencyFarAboveBaseline');
    }, 60_000);

    test('a server that is killed pages as such', async () => {
      await server.stop();
      await expectAlert('McpServerUnreachable', 'page');
      server = await startServer(server.port);
      await Promise.all([expectResolved('McpServerUnreachable'), expectResolved('McpErrorRatioHigh')]);
    }, 90_000);

    test('sessions that nobody closes open a ticket', async () => {
      await expectAlert('McpSessionLeak', 'ticket');
    }, 60_000);

    test('nobody was woken for anything else, and for nothing twice', () => {
      const pages = new Set(
        received
          .filter(({ receiver, status }) => receiver === 'page' && status === 'firing')
          .map(({ labels, startsAt }) => `${labels['alertname']} ${startsAt}`),
      );
      expect([...pages].map((page) => page.replace(/ .*/, '')).toSorted()).toEqual([
        'McpErrorRatioHigh',
        'McpLatencyFarAboveBaseline',
        'McpServerUnreachable',
      ]);
    });
  }),
);
