import { isMapping } from './declared-tool.ts';
import { wholeBelow } from './random.ts';

/** A JSON Schema, or a part of one, as it was declared. */
export type Schema = Readonly<Record<string, unknown>>;

/** The number under a key; undefined if there is none. */
export const numberIn = (schema: Schema, key: string): number | undefined =>
  typeof schema[key] === 'number' ? schema[key] : undefined;

/** The list under a key; undefined if there is none, or nothing in it. */
export const listIn = (schema: Schema, key: string): readonly unknown[] | undefined =>
  Array.isArray(schema[key]) && schema[key].length > 0 ? schema[key] : undefined;

/** The part without some of its keys. */
export const withoutKeys = (schema: Schema, ...keys: readonly string[]): Schema =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));

/** The part of the whole that `#/…` leads to (RFC 6901). */
export function referred(root: Schema, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined;
  let at: unknown = root;
  for (const step of reference.split('/').slice(1)) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    at = Array.isArray(at) ? at[Number(key)] : isMapping(at) ? at[key] : undefined;
  }
  return at;
}

/** Lays the parts of `allOf` over each other. */
export function merge(parts: readonly Schema[]): Schema {
  return parts.reduce<Record<string, unknown>>((whole, part) => {
    for (const [key, value] of Object.entries(part)) {
      const before = whole[key];
      if (key === 'required' && Array.isArray(before) && Array.isArray(value))
        whole[key] = [...before, ...value];
      else if (key === 'properties' && isMapping(before) && isMapping(value))
        whole[key] = { ...before, ...value };
      else whole[key] = value;
    }
    return whole;
  }, {});
}

/** The type that a value is to have: the one that is declared, or that the other keys are for. */
export function typeOf(schema: Schema, random: () => number): string {
  const type = schema['type'];
  const types = (Array.isArray(type) ? type : [type]).filter(
    (each): each is string => typeof each === 'string',
  );
  const useful = types.filter((each) => each !== 'null');
  const chosen = useful[wholeBelow(random, useful.length)] ?? types[0];
  if (chosen !== undefined) return chosen;
  if (isMapping(schema['properties']) || listIn(schema, 'required')) return 'object';
  if (schema['items'] !== undefined || schema['prefixItems'] !== undefined) return 'array';
  if (['minimum', 'maximum', 'multipleOf', 'exclusiveMinimum'].some((key) => key in schema)) return 'number';
  return 'string';
}
