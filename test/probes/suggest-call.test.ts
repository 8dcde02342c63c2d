import { describe, expect, it } from '@jest/globals';
import { suggestCall, type CallableTool } from '../../src/probes/suggest-call.ts';

const READS = { readOnlyHint: true };

const schema = (properties: object, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});

describe('a tool that may be called', () => {
  it.each<[name: string, annotations: CallableTool['annotations']]>([
    ['anything', READS],
    ['delete_looking', READS],
    ['get_user', undefined],
    ['listOrders', undefined],
    ['search-nodes', {}],
    ['get_order', undefined],
    ['echo', undefined],
  ])('%s with the annotations %j', (name, annotations) => {
    expect(suggestCall({ name, annotations })).toEqual({ kind: 'call', arguments: {} });
  });
});

describe('a tool that is never called', () => {
  it.each<[name: string, annotations: CallableTool['annotations'], why: string]>([
    ['get_user', { readOnlyHint: false }, 'it says that it changes something'],
    ['get_user', { destructiveHint: true }, 'it says that it is destructive'],
    [
      'get_user',
      { ...READS, destructiveHint: true },
      'it says both that it only reads and that it is destructive',
    ],
    ['get_or_create_user', undefined, 'its name says that it changes something'],
    ['fetchAndDelete', undefined, 'its name says that it changes something'],
    ['process_batch', undefined, 'nothing says that it only reads'],
    ['order_get', undefined, 'nothing says that it only reads'],
    ['', undefined, 'nothing says that it only reads'],
    ['get-env', READS, 'secrets may be in its answer'],
    ['read_api_token', undefined, 'secrets may be in its answer'],
  ])('%j with the annotations %j: %s', (name, annotations, why) => {
    expect(suggestCall({ name, annotations })).toEqual({ kind: 'unsafe', why });
  });
});

describe('arguments that the schema gives', () => {
  const loop: Record<string, unknown> = { $ref: '#/$defs/loop' };
  it.each<[what: string, inputSchema: object, values: object]>([
    ['none that need not be there', schema({ limit: { default: 5 } }, []), {}],
    ['a constant', schema({ a: { const: 7, examples: [1] } }), { a: 7 }],
    ['the first example', schema({ a: { examples: ['Oslo', 'Rome'], default: 'x' } }), { a: 'Oslo' }],
    ['a default before choices', schema({ a: { enum: ['x', 'y'], default: 'y' } }), { a: 'y' }],
    ['the first choice', schema({ a: { enum: ['x', 'y'] } }), { a: 'x' }],
    [
      'a falsy default',
      schema({ a: { default: 0 }, b: { default: '' }, c: { default: false } }),
      { a: 0, b: '', c: false },
    ],
    ['a choice of a branch', schema({ a: { anyOf: [{ type: 'string' }, { enum: [3] }] } }), { a: 3 }],
    ['the whole example', { ...schema({ a: {} }), examples: [{ a: 1 }] }, { a: 1 }],
    ['an object within', schema({ a: schema({ b: { const: 1 } }) }), { a: { b: 1 } }],
    [
      'a definition elsewhere',
      { ...schema({ a: { $ref: '#/$defs/city' } }), $defs: { city: { enum: ['Oslo'] } } },
      { a: 'Oslo' },
    ],
  ])('%s', (_what, inputSchema, values) => {
    expect(suggestCall({ name: 'get', inputSchema })).toEqual({ kind: 'call', arguments: values });
  });

  it.each<[what: string, inputSchema: object, missing: string[]]>([
    ['a text', schema({ a: { type: 'string' } }), ['a']],
    ['what is not described', { type: 'object', required: ['a'] }, ['a']],
    ['one of an object within', schema({ a: schema({ b: { type: 'number' } }) }), ['a']],
    ['a definition that refers to itself', { ...schema({ a: loop }), $defs: { loop } }, ['a']],
    ['a definition that is not there', schema({ a: { $ref: '#/$defs/none' } }), ['a']],
    ['a key of every object', schema({ a: { $ref: '#/constructor' } }), ['a']],
  ])('are never invented for %s', (_what, inputSchema, missing) => {
    expect(suggestCall({ name: 'get', inputSchema })).toEqual({ kind: 'incomplete', arguments: {}, missing });
  });
});
