import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { plan } from '../../src/commands/plan.ts';
import { prometheusPath, startPrometheus } from '../harness/prometheus.ts';
import { describeWith } from '../harness/requirement.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { startServer } from '../sources/http-server.ts';
import { runCommand } from './run-command.ts';
import { trafficHistory } from './traffic-history.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

describeWith(prometheusPath, 'apt-get install prometheus')(
  'a plan from the traffic of a real Prometheus',
  () => {
    let url: string;
    let peakAtMs: number;

    beforeAll(async () => {
      const history = trafficHistory(Math.floor(Date.now() / 60_000) * 60_000);
      ({ peakAtMs } = history);
      const prometheus = stack.use(await startPrometheus(() => 'global: {}\n', history.text));
      url = `http://127.0.0.1:${prometheus.port}`;
    }, 120_000);

    const run = (job: string, ...argv: readonly string[]) =>
      runCommand(plan, ['--from-prometheus', url, '--selector', `job="${job}"`, ...argv]);
    const read = async (job: string, ...argv: readonly string[]) => {
      const { code, out, err } = await run(job, '--json', ...argv);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      return JSON.parse(out);
    };

    it('takes peak, sessions and sizes of the week from the recorded series', async () => {
      const { demand, measured, recommended, notes } = await read('mcp', '--p99', '300ms');
      expect(measured).toMatchObject({
        rates: { name: 'job_instance:mcp_requests:rate1m (recorded)' },
        peak: { value: 1210, atMs: peakAtMs },
        p99: 900,
        quiet: 400,
        sessions: 720,
        instances: 1,
        errorRatio: expect.closeTo(0.001, 5),
        p99Ms: expect.closeTo(175, 0),
        minutes: expect.any(Number),
      });
      expect(measured.minutes).toBeGreaterThan(10_000);
      expect(demand).toMatchObject({
        requestsPerSecond: 1210,
        users: 720,
        requestBytes: expect.closeTo(3000, 0),
        responseBytes: expect.closeTo(9000, 0),
      });
      expect(recommended).toMatchObject({ instances: 2, vcpus: 4 });
      expect(notes[0]).toMatch(
        /minutes of job_instance:mcp_requests:rate1m \(recorded\), 1 instance in all$/,
      );
      expect(notes[1]).toMatch(
        /^requests\/s: peak 1,210 on \d+ \w+ \d\d:\d\d UTC, P99 of the minutes 900, .*: the peak is taken$/,
      );
    }, 60_000);

    it('takes the P99 of the minutes when told to, and what is stated before what was measured', async () => {
      const { demand } = await read('mcp', '--take', 'p99', '--users', '10', '--request-size', '1KB');
      expect(demand).toMatchObject({ requestsPerSecond: 900, users: 10, requestBytes: 1000 });
      expect((await read('mcp', '--rps', '3000')).demand.requestsPerSecond).toBe(3000);
    }, 60_000);

    it('prints the autoscaler with what the demand was taken from', async () => {
      const { hpa } = await read('mcp', '--hpa', '--rps', '4000', '--p99', '300ms');
      expect(hpa.manifest.spec).toMatchObject({ minReplicas: 2, maxReplicas: 18 });
      const { out } = await run('mcp', '--hpa', '--p99', '300ms');
      expect(out).toMatch(/^# By mcp-vitals plan, for 1,210 requests\/s, 720 users, /);
      expect(out).toMatch(/\n# requests\/s: peak 1,210 on /);
    }, 60_000);

    it('makes do with raw series that are scraped once a minute', async () => {
      const { measured, demand } = await read('plain');
      expect(measured.rates.name).toBe('request_duration_seconds, rates of 5 minutes');
      expect(demand.requestsPerSecond).toBeCloseTo(100, 0);
      expect(demand.users).toBeUndefined();
    }, 60_000);

    it('says what a few hours do not tell', async () => {
      const { measured, notes, recommended } = await read('today', '--p99', '100s');
      expect(measured.rates.name).toBe('request_duration_seconds, rates of 1 minute');
      expect(measured.peak.value).toBeCloseTo(50, 0);
      expect(notes).toContain('only 5 h of traffic: what a whole day looks like is not known');
      expect(notes).toContain('no sessions are counted: the demand has users only if --users states them');
      // 50 requests/s of 1.2 MB are 480 Mbit/s.
      expect(recommended).toMatchObject({ instances: 1, vcpus: 2 });
    }, 60_000);

    it('takes servers that only export the metrics of OpenTelemetry', async () => {
      const { measured, notes } = await read('otel');
      expect(measured.rates.name).toBe('mcp_server_operation_duration_seconds, rates of 1 minute');
      expect(measured.peak.value).toBeCloseTo(70, 0);
      expect(notes).toContain('no sizes are measured: those of the document, if not stated');
    }, 60_000);

    it.each([
      ['young', /want at least 60 minutes of MCP requests of \{job="young"\} to plan by, got \d\d\n$/],
      ['idle', /want MCP requests of \{job="idle"\}, got 0 in each of \d+ minutes\n$/],
      ['none', /want series of MCP requests of \{job="none"\} in the last 168 h, got none\n$/],
    ])(
      'does not plan by too little: job %s',
      async (job, problem) => {
        const { code, out, err } = await run(job);
        expect({ code, out }).toEqual({ code: 1, out: '' });
        expect(err).toMatch(problem);
      },
      60_000,
    );

    it('warns of a budget that the server does not keep, and of a P99 that is not that of the tables', async () => {
      const { out } = await run('mcp', '--error-budget', '0.05%');
      expect(out.replaceAll(/\s+/g, ' ')).toContain(
        "0.1 % of the requests failed by the server's fault, more than --error-budget: no number of instances cures that",
      );
    }, 60_000);
  },
);

describe('a plan from a Prometheus', () => {
  it('that refuses says so, and is asked as whom it was told', async () => {
    const server = stack.use(
      await startServer((_, response) => {
        response.writeHead(401).end();
      }),
    );
    const { code, err } = await runCommand(plan, ['--from-prometheus', server.url], {
      MCP_VITALS_DETECT_TOKEN: 'sw0rdfish',
    });
    expect({ code, err }).toEqual({
      code: 1,
      err: `mcp-vitals: prometheus ${server.url}: want 200, got 401\n`,
    });
    expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer sw0rdfish']),
    );
  });
});
