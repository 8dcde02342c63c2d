import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { batchArgument, makeUpArguments } from '../../src/bench/made-up-value.ts';
import { createRandom } from '../../src/bench/random.ts';

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);

type Properties = Readonly<Record<string, unknown>>;
const all = (properties: Properties, more: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  ...more,
});

const schemas: readonly [name: string, schema: Readonly<Record<string, unknown>>][] = [
  ['nothing', { type: 'object' }],
  ['texts with lengths', all({ a: { type: 'string', minLength: 12 }, b: { type: 'string', maxLength: 3 } })],
  [
    'numbers with bounds',
    all({
      a: { type: 'integer', minimum: 5, maximum: 7 },
      b: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
      c: { type: 'integer', multipleOf: 5, minimum: 1 },
      d: { type: 'integer', maximum: -3 },
      e: { type: 'number', multipleOf: 0.25, maximum: 10 },
    }),
  ],
  [
    'constants, enumerations, defaults and examples',
    all({
      a: { const: { x: 1 } },
      b: { enum: ['red', 'blue'] },
      c: { type: 'string', default: 'usual' },
      d: { type: 'integer', examples: [4, 8] },
    }),
  ],
  [
    'formats',
    all(
      Object.fromEntries(
        ['date', 'date-time', 'time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uri', 'uuid'].map(
          (format) => [format, { type: 'string', format }],
        ),
      ),
    ),
  ],
  [
    'patterns',
    all({
      a: { type: 'string', pattern: '^\\d{1,9}$' },
      b: { type: 'string', pattern: '^[A-Z]{3}-[0-9a-f]+$' },
      c: { type: 'string', pattern: '^(?:https?|ftp)://\\w+(\\.\\w+)*$' },
      d: { type: 'string', pattern: '^[^@\\s]+@x\\.org$' },
      e: { type: 'string', pattern: '^sku-\\d+$', maxLength: 8 },
    }),
  ],
  [
    'lists',
    all({
      a: { type: 'array', items: { type: 'integer' }, minItems: 3 },
      b: { type: 'array', items: { enum: ['x', 'y', 'z'] }, uniqueItems: true, minItems: 3 },
      c: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'boolean' }], minItems: 2 },
    }),
  ],
  [
    'choices and parts',
    all({
      a: { oneOf: [{ type: 'string', pattern: '^x' }, { type: 'integer' }] },
      b: {
        anyOf: [{ type: 'null' }, { type: 'object', properties: { k: { type: 'string' } }, required: ['k'] }],
      },
      c: { allOf: [{ type: 'object', properties: { m: { type: 'integer' } } }, { required: ['m'] }] },
      d: { type: ['string', 'null'] },
    }),
  ],
  [
    'references, to itself too',
    {
      type: 'object',
      properties: { tree: { $ref: '#/$defs/node' } },
      required: ['tree'],
      $defs: {
        node: {
          type: 'object',
          properties: {
            name: { type: 'string' },
            children: { type: 'array', items: { $ref: '#/$defs/node' } },
          },
          required: ['name'],
        },
      },
    },
  ],
  [
    'conditions',
    {
      type: 'object',
      properties: { by: { enum: ['phone', 'email'] }, phone: { type: 'string' }, email: { type: 'string' } },
      allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
      if: { properties: { by: { const: 'phone' } }, required: ['by'] },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: { required: ['phone'] },
      else: { required: ['email'] },
      additionalProperties: false,
    },
  ],
];

describe('makeUpArguments', () => {
  it.each(schemas)('makes up what a schema with %s takes', (_name, schema) => {
    const random = createRandom(1);
    const validate = ajv.compile(schema);
    for (let i = 0; i < 200; i += 1) {
      const made = makeUpArguments(schema, { random });
      validate(made);
      expect([made, validate.errors]).toEqual([made, null]);
    }
  });

  it('makes up the same for the same seed', () => {
    const make = (seed: number) =>
      schemas.map(([, schema]) => makeUpArguments(schema, { random: createRandom(seed) }));
    expect(make(4)).toEqual(make(4));
    expect(make(4)).not.toEqual(make(5));
  });

  it('leaves out what is optional, and stays near the lower end of wide bounds', () => {
    const schema = {
      type: 'object',
      properties: { wait: { type: 'integer', minimum: 0, maximum: 60_000 }, note: { type: 'string' } },
      required: ['wait'],
    };
    const made = Array.from({ length: 100 }, (_, i) => makeUpArguments(schema, { random: createRandom(i) }));
    expect(made.every(({ note }) => note === undefined)).toBe(true);
    expect(Math.max(...made.map(({ wait }) => Number(wait)))).toBeLessThanOrEqual(101);
  });

  it.each([10, 500])('makes a batch of %i where a size is asked for', (size) => {
    const item = { type: 'object', properties: { sku: { type: 'string' } }, required: ['sku'] };
    const schema = { type: 'object', properties: { items: { type: 'array', items: item } } };
    const property = batchArgument(schema);
    expect(property).toBe('items');
    const made = makeUpArguments(schema, {
      random: createRandom(1),
      batch: { property: property ?? '', size },
    });
    expect(made['items']).toHaveLength(size);
  });
});
