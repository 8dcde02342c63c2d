import type { AlertGroup } from './rule-model.ts';
import { also, SERVER, value } from './templates.ts';
import { thresholds } from './thresholds.ts';

const { slowShare, leastRate, latencyDrift, toolTimeoutRatio, circuitOpeningsPerHour } = thresholds;
const percent = (ratio: number) => `${Number((ratio * 100).toPrecision(2))} %`;

const database = {
  query:
    'histogram_quantile(0.99, sum by (le, query_type) (rate(database_query_duration_seconds_bucket{job="$job",instance="$instance"}[5m])))',
  shows: 'whether the database is slow with it',
};

/** Single tools; their windows are made of windows of 5 minutes, which there are few of to read. */
export const toolAlerts: AlertGroup = {
  name: 'tools',
  dashboard: 'mcp-tools',
  interval: '2m',
  title: 'Tools',
  about:
    'One tool may be ill while its server is well. These are tickets: what makes the server ill pages by itself.',
  alerts: [
    {
      alert: 'McpToolLatencyAboveBaseline',
      severity: 'warning',
      area: 'latency',
      when: `more than ${percent(slowShare.toolP99)} of the calls of one tool are slower than its P99, over 30 minutes, at ${leastRate.slow} calls a second or more`,
      expr: (w) =>
        `avg_over_time(job_instance_tool:mcp_slow_calls:rate5m[${w('30m')}:${w('5m')}]) / (avg_over_time(job_instance_tool:mcp_calls:rate5m[${w('30m')}:${w('5m')}]) > ${leastRate.slow}) > ${slowShare.toolP99}`,
      for: '5m',
      keepFiringFor: '15m',
      summary: `The tool {{ $labels.tool }} of ${SERVER} is slower than its baseline.`,
      description: `${value('percentage')} of its calls take longer than the P99 baseline of ${also('mcp_baseline_latency_seconds', 'duration', { labels: `tool=%q,percentile='p99'`, from: ['tool'], otherwise: 'the server as a whole' })}; 1 % is expected. It is called ${also('job_instance_tool:mcp_calls:rate5m', 'rate', { labels: `tool=%q`, from: ['tool'] })} times a second.`,
      inhibits: [],
      runbook: {
        meaning: 'One tool is slow; the others may be well.',
        confirm: [
          {
            query:
              'sum by (status) (rate(request_duration_seconds_count{job="$job",instance="$instance",endpoint="$tool"}[5m]))',
            shows: 'how its calls end',
          },
          database,
          {
            query:
              'histogram_quantile(0.5, sum by (le) (rate(mcp_tool_batch_size_bucket{job="$job",instance="$instance",tool="$tool"}[30m])))',
            shows: 'for a batch tool, whether the batches grew (500 items take 5.8 s where 100 take 2.1)',
          },
        ],
        causes: [
          "An external API behind it is slow: of 850 ms of fetch_weather 650 are the API's.",
          'Larger arguments or batches than usual.',
          'A query plan that changed, after statistics or data did.',
        ],
        now: [
          'Tell the owner of the tool. If clients suffer, lower its time-out so that they get an answer.',
        ],
        later: ['Cache what it fetches; bound its batches at 100 items.', 'Give it a baseline of its own.'],
      },
    },
    {
      alert: 'McpLatencyDrift',
      severity: 'warning',
      area: 'latency',
      when: `the mean duration of a tool's calls rose by ${percent(latencyDrift - 1)} or more within 24 hours, at ${leastRate.slow} calls a second or more`,
      expr: (w) =>
        `job_instance_tool:mcp_call_seconds:mean1h / (job_instance_tool:mcp_call_seconds:mean1h offset ${w('1d')} > 0.005) > ${latencyDrift}`,
      for: '1h',
      keepFiringFor: '1h',
      summary: `The tool {{ $labels.tool }} of ${SERVER} grows slower from day to day.`,
      description: `Its calls take ${value('number')} times as long as 24 hours ago (mean of an hour: now ${also('job_instance_tool:mcp_call_seconds:mean1h', 'duration', { labels: `tool=%q`, from: ['tool'] })}). The document's endurance test reached 1.3 times in a day and calls it a reason to optimise.`,
      inhibits: [],
      runbook: {
        meaning: 'Nobody has noticed yet. At this pace it becomes a page in days.',
        confirm: [
          {
            query: 'job_instance_tool:mcp_call_seconds:mean1h{job="$job",instance="$instance",tool="$tool"}',
            shows: 'the course over some days: a slope is a leak, a step a change',
          },
          {
            query: 'mcp_detector_state{job="$job",instance="$instance"}',
            shows: 'what the detectors say of memory, connections and sessions at the same time',
          },
        ],
        causes: [
          'A table or list that grows and is read whole.',
          'Memory that grows until garbage collection takes its share of the time.',
          'Connections that leak, so that calls wait for the rest.',
        ],
        now: ['Nothing tonight, unless McpLeakPage fires as well.'],
        later: [
          'A restart takes the drift away if it is the process (memory, connections), not if it is the data.',
          'The document recommends a daily restart or health checks of the pool until the cause is found.',
        ],
      },
    },
    {
      alert: 'McpToolFailing',
      severity: 'warning',
      area: 'errors',
      when: `more than half of the calls of one tool fail by the server's fault, over 10 minutes, at ${leastRate.slow} calls a second or more`,
      expr: (w) =>
        `avg_over_time(job_instance_tool:mcp_call_errors:rate5m[${w('10m')}:${w('5m')}]) / (avg_over_time(job_instance_tool:mcp_calls:rate5m[${w('10m')}:${w('5m')}]) > ${leastRate.slow}) > ${thresholds.failureRatio.ofOneTool}`,
      for: '5m',
      keepFiringFor: '10m',
      summary: `The tool {{ $labels.tool }} of ${SERVER} fails.`,
      description: `${value('percentage')} of its calls fail by the server's fault, where the server's baseline is ${also('job_instance:mcp_baseline_error:ratio', 'percentage', { otherwise: '0.02%' })}. It is called ${also('job_instance_tool:mcp_calls:rate5m', 'rate', { labels: `tool=%q`, from: ['tool'] })} times a second.`,
      inhibits: ['McpToolErrors'],
      runbook: {
        meaning: 'One tool is as good as gone; the others may be well.',
        confirm: [
          {
            query:
              'sum by (error_type) (rate(mcp_request_errors_total{job="$job",instance="$instance",endpoint="$tool"}[5m]))',
            shows: 'why it fails',
          },
        ],
        causes: [
          'What it calls is down or refuses its credentials.',
          'A deployment changed its arguments, and clients hold the old list of tools: look at McpToolDrift.',
        ],
        now: ['Switch the tool off or roll back; agents then choose another way.'],
        later: ['A probe that calls it finds this before users do.'],
      },
    },
    {
      alert: 'McpToolTimeouts',
      severity: 'warning',
      area: 'errors',
      when: `more than ${percent(toolTimeoutRatio)} of the calls of one tool time out, over 30 minutes, and at least 3`,
      expr: (w) =>
        `(avg_over_time(job_instance_tool:mcp_call_timeouts:rate5m[${w('30m')}:${w('5m')}]) > ${3 / 1800}) / avg_over_time(job_instance_tool:mcp_calls:rate5m[${w('30m')}:${w('5m')}]) > ${toolTimeoutRatio}`,
      for: '5m',
      keepFiringFor: '15m',
      summary: `Calls of the tool {{ $labels.tool }} of ${SERVER} time out.`,
      description: `${value('percentage')} of its calls time out, where the document allows ${percent(toolTimeoutRatio)} for a tool that calls an external API.`,
      inhibits: [],
      runbook: {
        meaning: 'What the tool waits for does not come in time.',
        confirm: [
          {
            query:
              'sum by (error_type) (rate(mcp_request_errors_total{job="$job",instance="$instance",endpoint="$tool"}[30m]))',
            shows: 'which time-out: connecting, or waiting for the answer',
          },
        ],
        causes: ['An external API that is slow or unreachable.', 'DNS; a proxy on the way out; a full pool.'],
        now: ['Look at the status page of the API. Open the breaker by hand if it has one.'],
        later: ["A time-out below the client's own, so that the agent gets a word instead of silence."],
      },
    },
    {
      alert: 'McpCircuitBreakerOpening',
      severity: 'warning',
      area: 'errors',
      when: `the circuit breaker of a tool opened more than ${circuitOpeningsPerHour} times within an hour`,
      expr: (w) =>
        `(changes(job_instance_tool:mcp_circuit_open:bool[${w('1h')}]) + (job_instance_tool:mcp_circuit_open:bool > bool 0)) / 2 > ${circuitOpeningsPerHour}`,
      for: '0s',
      keepFiringFor: '30m',
      summary: `The circuit breaker of the tool {{ $labels.tool }} of ${SERVER} opens again and again.`,
      description: `It opened ${value('number')} times in the last hour, where the document allows ${circuitOpeningsPerHour}.`,
      inhibits: ['McpToolTimeouts'],
      runbook: {
        meaning:
          'The peer of the tool comes and goes; while the breaker is open all calls of the tool fail at once.',
        confirm: [
          {
            query: 'job_instance_tool:mcp_circuit_open:bool{job="$job",instance="$instance",tool="$tool"}',
            shows: 'when it was open (1)',
          },
        ],
        causes: [
          'An external API under load or in a partial outage.',
          'A breaker whose limit is too low for normal failures.',
        ],
        now: ['Look at the status page of the API; nothing of ours has to be done for the breaker to close.'],
        later: ['Serve the last good answer from a cache while it is open.'],
      },
    },
  ],
};
