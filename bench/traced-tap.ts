// Part of `npm run bench:traces`: what tap, metrics and spans take of one tools/call, without the proxy and the export.
//   node bench/traced-tap.ts off|RATIO      prints microseconds a call, the least of 60 windows
import { Registry } from '@prometheus-io/client';
import { documentBaseline } from '../src/baselines/document-baseline.ts';
import { baselineSeconds } from '../src/metrics/baseline-metrics.ts';
import { createOtelInstruments } from '../src/metrics/otel-instruments.ts';
import { createTrafficRecorder } from '../src/metrics/traffic-recorder.ts';
import { systemClock } from '../src/model/clock.ts';
import { createHttpTap } from '../src/taps/http-tap.ts';
import { startTraces } from '../src/traces/start-traces.ts';
import { answerAroundId, FIRST_ID, requestAroundId } from './payload.ts';

const WINDOWS = 60;
const CALLS = 500;
const WARM_UP_CALLS = 20_000;

const ratio = process.argv[2] ?? 'off';
if (ratio !== 'off') {
  // The SDK reads the process's own environment. All spans of the run fit into the queue, and none leaves it.
  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: ratio,
    OTEL_BSP_MAX_QUEUE_SIZE: '1000000',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1000000',
    OTEL_BSP_SCHEDULE_DELAY: '1000000',
  });
}
const traces =
  ratio === 'off'
    ? undefined
    : await startTraces({
        env: process.env,
        clock: systemClock,
        log: () => undefined,
        version: '0',
        instance: 'bench',
        server: () => ({ address: '127.0.0.1', port: 8000 }),
      });
const caps = { maxTools: 200, maxPrompts: 200, maxPaths: 50, maxMethods: 50, maxClients: 50 };
const sink = createTrafficRecorder({
  registry: new Registry(),
  otel: createOtelInstruments(baselineSeconds(documentBaseline)),
  clock: systemClock,
  baseline: documentBaseline,
  caps: () => caps,
  knownMethods: new Set(['tools/call']),
  instance: 'bench',
  traceCall: traces?.traceCall,
});
const options = {
  maxBodyBytes: 1 << 20,
  maxDecodedBytes: 1 << 26,
  maxPending: 1000,
  resumeTimeoutMs: 60_000,
  parkedAfterMs: 300_000,
  maxSessions: 100,
  sessionIdleTimeoutMs: 600_000,
  batchTools: new Map<string, string>(),
  errorPatterns: [],
  traced: traces !== undefined,
};
const tap = createHttpTap(
  () => options,
  sink,
  systemClock,
  (error) => {
    throw error;
  },
);

const bytesOf = ({ before, after }: { readonly before: string; readonly after: string }): Buffer =>
  Buffer.from(`${before}${FIRST_ID}${after}`);
const request = bytesOf(requestAroundId());
const answer = bytesOf(answerAroundId());
const json = ['Content-Type', 'application/json'];
const requestHeaders = ['Host', '127.0.0.1:8080', ...json, 'Content-Length', String(request.length)];
const answerHeaders = [...json, 'Content-Length', String(answer.length)];

function call(): void {
  const receivedAtMs = systemClock.nowMs();
  const observer = tap.observe({ method: 'POST', target: '/mcp', rawHeaders: requestHeaders, receivedAtMs });
  observer?.requestBody(request);
  observer?.requestEnd();
  observer?.responseHead(200, answerHeaders);
  observer?.responseBody(answer);
  observer?.end({ kind: 'complete' }, 0.1);
}

for (let count = 0; count < WARM_UP_CALLS; count++) call();
let least = Infinity;
for (let window = 0; window < WINDOWS; window++) {
  const startMs = performance.now();
  for (let count = 0; count < CALLS; count++) call();
  least = Math.min(least, ((performance.now() - startMs) / CALLS) * 1000);
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
process.stdout.write(`${least.toFixed(2)}\n`);
// The spans in the queue have nowhere to go.
process.exit(0);
