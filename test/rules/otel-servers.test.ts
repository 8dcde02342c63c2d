import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { placeholderLinks } from '../../src/rules/links.ts';
import { alertRules, recordRules } from '../../src/rules/rule-file.ts';
import { alertGroups, recordGroups } from '../../src/rules/rule-groups.ts';
import { declaredWindows } from '../../src/rules/windows.ts';
import { promtoolPath } from '../harness/prometheus.ts';
import { describeWith } from '../harness/requirement.ts';
import { runProcess } from '../harness/start-process.ts';
import { counter, gauge, type Series } from './alert-case.ts';

const options = { windows: declaredWindows, links: placeholderLinks };
const groups = [
  ...recordGroups.map((group) => recordRules(group, options)),
  ...alertGroups
    .filter(({ name }) => ['latency', 'errors', 'budgets'].includes(name))
    .map((group) => alertRules(group, options)),
];

const otel = (suffix: string, labels = '') =>
  `mcp_server_operation_duration_seconds_${suffix}{job="agents",instance="own",mcp_method_name="tools/call",gen_ai_tool_name="search"${labels}}`;

/** A server that exports the conventions' histogram itself: so many calls a minute, of them slow and failed ones. */
function server(perMinute: number, slow: number, failed: number, wholeSeconds = '1'): Series {
  const bounds = {
    '0.05': 0.6,
    '0.2': 1 - slow * 2,
    '0.5': 1 - slow,
    [wholeSeconds]: 1 - slow / 2,
    '+Inf': 1,
  };
  const histogram = (labels: string, calls: number, quick = false): Series => ({
    [otel('count', labels)]: counter([calls, 30]),
    [otel('sum', labels)]: counter([calls * 0.1, 30]),
    ...Object.fromEntries(
      Object.entries(bounds).map(([le, share]) => [
        otel('bucket', `${labels},le="${le}"`),
        counter([quick ? calls : calls * share, 30]),
      ]),
    ),
  });
  return {
    ...histogram('', perMinute - failed),
    ...histogram(',error_type="tool_error"', failed, true),
    ...histogram(',error_type="-32602",rpc_response_status_code="-32602"', perMinute / 10, true),
  };
}

const firing = 'count by (alertname) (ALERTS{alertstate="firing",severity="critical"}) > bool 0';

interface Expected {
  readonly expr: string;
  readonly at: number;
  readonly samples: readonly { readonly labels: string; readonly value: number }[];
}

function testFile(rulesFile: string, series: Series, expected: readonly Expected[]): string {
  return stringify({
    rule_files: [rulesFile],
    evaluation_interval: '1m',
    group_eval_order: groups.map(({ name }) => name),
    tests: [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: expected.map(({ expr, at, samples }) => ({
          expr,
          eval_time: `${at}m`,
          exp_samples: samples,
        })),
      },
    ],
  });
}

describeWith(promtoolPath, 'apt-get install prometheus')('a server without a sidecar', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-otel-'));
    await writeFile(join(folder, 'rules.yml'), stringify({ groups }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function expectTest(series: Series, expected: readonly Expected[]): Promise<void> {
    const file = join(folder, 'test.yml');
    await writeFile(file, testFile(join(folder, 'rules.yml'), series, expected));
    const { stdout, stderr } = await runProcess({ command: promtoolPath, args: ['test', 'rules', file] });
    expect(`${stderr}${stdout}`).toContain('SUCCESS');
  }

  it.each(['1', '1.0'])(
    'is paged for by its own histogram (le="%s" as Prometheus 2 or 3 writes it)',
    async (le) => {
      await expectTest(server(600, 0.2, 60, le), [
        {
          expr: firing,
          at: 15,
          samples: ['McpErrorBudgetBurn', 'McpErrorRatioHigh', 'McpLatencyFarAboveBaseline'].map(
            (alertname) => ({
              labels: `{alertname="${alertname}"}`,
              value: 1,
            }),
          ),
        },
        {
          expr: 'job_instance_percentile:mcp_slow_calls:rate5m{percentile="p99.9"} > bool 0',
          at: 15,
          samples: [{ labels: '{job="agents",instance="own",percentile="p99.9"}', value: 1 }],
        },
      ]);
    },
    60_000,
  );

  it('raises nothing while it is well, whatever its callers do wrong', async () => {
    await expectTest(server(600, 0.005, 0), [{ expr: firing, at: 15, samples: [] }]);
  }, 60_000);

  it('is counted once where a sidecar measures it as well', async () => {
    const labels = 'job="agents",instance="own"';
    const measured = {
      ...server(600, 0, 0),
      [`mcp_requests_in_flight{${labels}}`]: gauge([1, 30]),
      [`request_duration_seconds_count{${labels},method="tools/call",endpoint="search",status="ok"}`]:
        counter([600, 30]),
    };
    await expectTest(measured, [
      {
        expr: 'job_instance:mcp_requests:rate5m',
        at: 15,
        samples: [{ labels: `job_instance:mcp_requests:rate5m{${labels}}`, value: 10 }],
      },
      {
        expr: 'job_instance_tool:mcp_calls:rate5m',
        at: 15,
        samples: [{ labels: `job_instance_tool:mcp_calls:rate5m{${labels},tool="search"}`, value: 10 }],
      },
    ]);
  }, 60_000);
});
