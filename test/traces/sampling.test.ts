import { describe, expect, it } from '@jest/globals';
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { Sampler } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { isSampled, SAMPLER_NAMES, samplingOf, type SamplerName } from '../../src/traces/sampling.ts';

const sdkSampler = (name: SamplerName, ratio: number): Sampler => {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
    default:
      return name satisfies never;
  }
};

const hex = (digits: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits })
    .map((all) => all.join(''))
    .filter((id) => !/^0+$/.test(id));

describe('a request with a parent', () => {
  it.each(SAMPLER_NAMES)('is sampled by %s if and only if the SDK would', (name) => {
    fc.assert(
      fc.property(
        hex(32),
        hex(16),
        fc.constantFrom(0, 1),
        fc.constantFrom(0, 0.01, 0.5, 0.999, 1),
        (traceId, spanId, traceFlags, ratio) => {
          const parent = { traceId, spanId, traceFlags, isRemote: true };
          const inContext = trace.setSpanContext(ROOT_CONTEXT, parent);
          const { decision } = sdkSampler(name, ratio).shouldSample(
            inContext,
            traceId,
            'x',
            SpanKind.SERVER,
            {},
            [],
          );
          expect(isSampled(samplingOf(name, ratio), parent)).toBe(
            decision === SamplingDecision.RECORD_AND_SAMPLED,
          );
        },
      ),
    );
  });
});

describe('a request without a parent', () => {
  it.each<[SamplerName, number, number, boolean]>([
    ['always_on', 0, 0.9999, true],
    ['always_off', 1, 0, false],
    ['parentbased_always_on', 0, 0.9999, true],
    ['parentbased_always_off', 1, 0, false],
    ['traceidratio', 0.01, 0.0099, true],
    ['traceidratio', 0.01, 0.01, false],
    ['parentbased_traceidratio', 0.01, 0.0099, true],
    ['parentbased_traceidratio', 0, 0, false],
    ['parentbased_traceidratio', 1, 0.9999, true],
  ])('%s at %d, chance %d: %s', (name, ratio, chance, sampled) => {
    expect(isSampled(samplingOf(name, ratio), undefined, () => chance)).toBe(sampled);
  });
});
