import { describe, expect, it } from '@jest/globals';
import type { SentContext } from '../../src/model/call-trace.ts';
import { ancestryOf } from '../../src/traces/parent-context.ts';

const T = '4bf92f3577b34da6a3ce929d0e0e4736';
const A = '00f067aa0ba902b7';
const B = '53995c3f42cd8ad8';

const ancestry = (meta?: SentContext, header?: SentContext): ReturnType<typeof ancestryOf> =>
  ancestryOf({ requestId: 'n1', sessionId: undefined, meta, header, endedAtMs: 0 });
const sent = (parent: string, state?: string): SentContext => ({ parent, state });

describe('the parent of a call', () => {
  it.each<[string, SentContext | undefined, SentContext | undefined, string | undefined, string | undefined]>(
    [
      ['is nobody without a context', undefined, undefined, undefined, undefined],
      ['is what the message says', sent(`00-${T}-${A}-01`), undefined, A, undefined],
      [
        'is what the HTTP request says where the message says nothing',
        undefined,
        sent(`00-${T}-${B}-01`),
        B,
        undefined,
      ],
      [
        'is what the message says, with a link to the HTTP request',
        sent(`00-${T}-${A}-01`),
        sent(`00-${T}-${B}-01`),
        A,
        B,
      ],
      ['needs no link to itself', sent(`00-${T}-${A}-01`), sent(`00-${T}-${A}-01`), A, undefined],
      [
        'is what the HTTP request says where the message is wrong',
        sent('00-xyz'),
        sent(`00-${T}-${B}-01`),
        B,
        undefined,
      ],
    ],
  )('%s', (_name, meta, header, parent, linked) => {
    const found = ancestry(meta, header);
    expect([found.parent?.spanId, found.linked?.spanId]).toEqual([parent, linked]);
  });

  it.each<[string, string, boolean]>([
    ['has the sampled flag', `00-${T}-${A}-01`, true],
    ['does not have it', `00-${T}-${A}-00`, false],
    ['has others beside it', `00-${T}-${A}-03`, true],
    ['has only others', `00-${T}-${A}-02`, false],
  ])('%s', (_name, text, sampled) => {
    expect(ancestry(sent(text)).parent?.traceFlags).toBe(sampled ? 1 : 0);
  });

  it.each<[string, string]>([
    ['a version that is forbidden', `ff-${T}-${A}-01`],
    ['more than its version has', `00-${T}-${A}-01-x`],
    ['a trace of zeroes', `00-${'0'.repeat(32)}-${A}-01`],
    ['a parent of zeroes', `00-${T}-${'0'.repeat(16)}-01`],
    ['capital letters', `00-${T.toUpperCase()}-${A}-01`],
    ['an id that is short', `00-${T.slice(1)}-${A}-01`],
    ['flags that are short', `00-${T}-${A}-1`],
    ['nothing', ''],
  ])('is nobody with %s', (_name, text) => {
    expect(ancestry(sent(text))).toEqual({ parent: undefined, linked: undefined });
  });

  it('may be of a version to come, which may say more', () => {
    expect(ancestry(sent(`cc-${T}-${A}-01-what-the-future-holds`)).parent?.spanId).toBe(A);
  });

  it('brings its state along', () => {
    expect(ancestry(sent(`00-${T}-${A}-01`, 'rojo=1,congo=2')).parent?.traceState?.serialize()).toBe(
      'rojo=1,congo=2',
    );
  });
});
