import { describe, expect, it } from '@jest/globals';
import { CallLabelBounds } from '../../src/metrics/call-labels.ts';
import type { CallObservation } from '../../src/model/traffic.ts';
import { call } from './call-observation.ts';

const caps = { maxTools: 3, maxPrompts: 3, maxPaths: 2, maxMethods: 2, maxClients: 2 };
const createBounds = () =>
  new CallLabelBounds(
    () => caps,
    new Set(['tools/call']),
    () => undefined,
  );

describe('names that a client made up', () => {
  it.each([
    { refusal: 'a tool error', status: 'tool_error', errorType: 'unknown_tool', rpcErrorCode: undefined },
    { refusal: 'invalid params', status: '-32602', errorType: 'invalid_params', rpcErrorCode: -32602 },
  ])('are not taken on trust where the server refused them with $refusal', (row) => {
    const { status, errorType, rpcErrorCode } = row;
    const bounds = createBounds();
    for (const kind of ['tool', 'prompt'] as const) {
      const refused = call({ status, errorType, rpcErrorCode, fault: 'client', target: { kind, name: 'x' } });
      expect(bounds.of(refused).endpoint).toBe('other');
    }
  });

  it('give way to those that the server knows, and to no others', () => {
    const bounds = createBounds();
    const endpoint = (name: string, more: Partial<CallObservation> = {}): string =>
      bounds.of(call({ ...more, target: { kind: 'tool', name } })).endpoint;
    const failed = { status: '401', errorType: 'unauthorized', fault: 'client' } as const;
    expect(['m1', 'm2', 'm3', 'm4'].map((name) => endpoint(name, failed))).toEqual([
      'm1',
      'm2',
      'm3',
      'other',
    ]);
    expect(endpoint('hidden')).toBe('hidden');
    expect(endpoint('m5', failed)).toBe('other');
    bounds.declare('tool', ['a', 'b', 'c']);
    // Three are the most: one that was answered, then as many as there is room for.
    expect(['hidden', 'a', 'b', 'c', 'm3'].map((name) => endpoint(name))).toEqual([
      'hidden',
      'a',
      'b',
      'other',
      'other',
    ]);
  });
});
