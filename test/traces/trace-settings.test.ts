import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { readTraceSettings } from '../../src/traces/trace-settings.ts';
import { inRepository } from '../harness/repository.ts';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

describe('traces are off', () => {
  it.each<[string, Record<string, string>]>([
    ['without a word', {}],
    [
      'with a name, attributes and a sampler alone',
      { OTEL_SERVICE_NAME: 'a', OTEL_TRACES_SAMPLER: 'always_on' },
    ],
    ['where only metrics have an endpoint', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://c:4318' }],
    ['with an empty endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
    ['with the exporter none, whatever the endpoint', { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }],
    ['with none beside otlp', { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'otlp,none' }],
    ['where the SDK is disabled', { ...ENDPOINT, OTEL_SDK_DISABLED: 'True' }],
  ])('%s', (_name, env) => {
    expect(readTraceSettings(env)).toEqual({ kind: 'off' });
  });
});

describe('traces are on', () => {
  const defaults = {
    protocol: 'http/protobuf',
    samplerName: 'parentbased_always_on',
    sampling: { followsParent: true, ratio: 1 },
    timeoutMs: 5000,
    maxQueueSize: 2048,
  };
  it.each<[string, Record<string, string>, object]>([
    ['with an endpoint for all signals', ENDPOINT, {}],
    ['with one for traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://c/v1/traces' }, {}],
    ['with the exporter otlp, at its default endpoint', { OTEL_TRACES_EXPORTER: 'otlp' }, {}],
    ['where the SDK is not disabled', { ...ENDPOINT, OTEL_SDK_DISABLED: 'false' }, {}],
    ['by gRPC', { ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, { protocol: 'grpc' }],
    [
      'by the protocol for traces before that for all',
      { ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' },
      { protocol: 'http/json' },
    ],
    [
      'for a share of those without a parent',
      { ...ENDPOINT, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' },
      { samplerName: 'parentbased_traceidratio', sampling: { followsParent: true, ratio: 0.01 } },
    ],
    [
      'for a share of all, which is all without a number',
      { ...ENDPOINT, OTEL_TRACES_SAMPLER: 'traceidratio' },
      { samplerName: 'traceidratio', sampling: { followsParent: false, ratio: 1 } },
    ],
    [
      'for none, for whom wants it so',
      { ...ENDPOINT, OTEL_TRACES_SAMPLER: 'always_off', OTEL_TRACES_SAMPLER_ARG: 'x' },
      { samplerName: 'always_off', sampling: { followsParent: false, ratio: 0 } },
    ],
    [
      'with the time for an export',
      { ...ENDPOINT, OTEL_EXPORTER_OTLP_TIMEOUT: '20000' },
      { timeoutMs: undefined },
    ],
    ['with another queue', { ...ENDPOINT, OTEL_BSP_MAX_QUEUE_SIZE: '100' }, { maxQueueSize: 100 }],
  ])('%s', (_name, env, settings) => {
    expect(readTraceSettings(env)).toEqual({ kind: 'on', settings: { ...defaults, ...settings } });
  });
});

describe('traces are refused', () => {
  it('with every mistake named at once, what was wanted and what came', () => {
    const found = readTraceSettings({
      OTEL_TRACES_EXPORTER: 'otlp,console',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318?key=secret',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http',
      OTEL_TRACES_SAMPLER: 'traceidratio ',
      OTEL_TRACES_SAMPLER_ARG: '1%',
      OTEL_BSP_MAX_QUEUE_SIZE: '0',
      OTEL_BSP_SCHEDULE_DELAY: '5s',
    });
    expect(found).toEqual({
      kind: 'refused',
      problems: [
        'OTEL_TRACES_EXPORTER: want otlp or none, got console',
        'OTEL_EXPORTER_OTLP_ENDPOINT: want a URL with http or https, got something else',
        'OTEL_EXPORTER_OTLP_PROTOCOL: want http/protobuf, http/json or grpc, got http',
        'OTEL_TRACES_SAMPLER_ARG: want a share from 0 to 1, got 1%',
        'OTEL_BSP_MAX_QUEUE_SIZE: want a whole number above 0, got 0',
        'OTEL_BSP_SCHEDULE_DELAY: want a whole number above 0, got 5s',
      ],
    });
  });

  it('with a sampler that does not exist, instead of a span for each request', () => {
    expect(readTraceSettings({ ...ENDPOINT, OTEL_TRACES_SAMPLER: 'ratio' })).toEqual({
      kind: 'refused',
      problems: [
        'OTEL_TRACES_SAMPLER: want always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off or parentbased_traceidratio, got ratio',
      ],
    });
  });
});

describe('the example', () => {
  it('switches traces on for a percent of those without a parent', async () => {
    const text = await readFile(inRepository('examples', 'traces.env'), 'utf8');
    expect(readTraceSettings(parseEnv(text))).toEqual({
      kind: 'on',
      settings: {
        protocol: 'http/protobuf',
        samplerName: 'parentbased_traceidratio',
        sampling: { followsParent: true, ratio: 0.01 },
        timeoutMs: 5000,
        maxQueueSize: 2048,
      },
    });
  });
});
