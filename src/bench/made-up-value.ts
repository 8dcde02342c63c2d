import { isMapping } from './declared-tool.ts';
import { wholeBelow } from './random.ts';
import { TEXT_FORMATS } from './text-formats.ts';
import { textOfPattern } from './text-of-pattern.ts';

type Schema = Readonly<Record<string, unknown>>;

/** What values are made up with. */
export interface MakeUpOptions {
  /** Numbers in [0, 1); the same ones give the same values. */
  readonly random: () => number;
  /** Name of the property whose lists have this many elements, wherever it stands. */
  readonly batch?: { readonly property: string; readonly size: number };
}

/** Schemas may refer to themselves; an optional part is left out below this. */
const DEEPEST = 6;
/** Width of the range that numbers are drawn from. */
const USUAL_RANGE = 100;
/** Ids are drawn from 1 to this. */
const USUAL_IDS = 1000;
const WORDS = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel', 'india', 'juliett'];

const number = (schema: Schema, key: string): number | undefined =>
  typeof schema[key] === 'number' ? schema[key] : undefined;
const list = (schema: Schema, key: string): readonly unknown[] | undefined =>
  Array.isArray(schema[key]) && schema[key].length > 0 ? schema[key] : undefined;

/** The part of the whole that `#/…` leads to (RFC 6901). */
function referred(root: Schema, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined;
  let at: unknown = root;
  for (const step of reference.split('/').slice(1)) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    at = Array.isArray(at) ? at[Number(key)] : isMapping(at) ? at[key] : undefined;
  }
  return at;
}

/** Lays the parts of `allOf` over each other. */
function merge(parts: readonly Schema[]): Schema {
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

function typeOf(schema: Schema, random: () => number): string {
  const type = schema['type'];
  const types = (Array.isArray(type) ? type : [type]).filter(
    (each): each is string => typeof each === 'string',
  );
  const useful = types.filter((each) => each !== 'null');
  const chosen = useful[wholeBelow(random, useful.length)] ?? types[0];
  if (chosen !== undefined) return chosen;
  if (isMapping(schema['properties']) || list(schema, 'required')) return 'object';
  if (schema['items'] !== undefined || schema['prefixItems'] !== undefined) return 'array';
  if (['minimum', 'maximum', 'multipleOf', 'exclusiveMinimum'].some((key) => key in schema)) return 'number';
  return 'string';
}

function madeUpNumber(schema: Schema, isWhole: boolean, random: () => number): number {
  const step = number(schema, 'multipleOf') ?? (isWhole ? 1 : 0.01);
  const above = number(schema, 'exclusiveMinimum');
  const below = number(schema, 'exclusiveMaximum');
  const lower = number(schema, 'minimum') ?? above ?? -Infinity;
  const upper = number(schema, 'maximum') ?? below ?? Infinity;
  // From 1 where that may be: bounds of a whole type say nothing, and what has room for a million is a limit or a wait.
  const usual = lower <= 1 && upper > 1 ? 1 : lower;
  const from = usual === -Infinity ? upper - USUAL_RANGE * Math.max(1, step) : usual;
  let first = Math.ceil(from / step - 1e-9);
  let last = Math.floor(Math.min(upper, from + USUAL_RANGE * Math.max(1, step)) / step + 1e-9);
  if (first * step === above) first += 1;
  if (last * step === below) last -= 1;
  const value = (first + wholeBelow(random, Math.max(1, last - first + 1))) * step;
  // A multiple of 0.01 has two digits, not seventeen.
  return isWhole ? Math.round(value) : Number(value.toPrecision(12));
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return false;
  }
}

function madeUpText(schema: Schema, name: string, random: () => number): string {
  const format = typeof schema['format'] === 'string' ? TEXT_FORMATS[schema['format']] : undefined;
  const pattern = schema['pattern'];
  const least = number(schema, 'minLength') ?? 0;
  const most = number(schema, 'maxLength') ?? Infinity;
  const isId = /(^|[_\-.])id$|Id$|^id$/.test(name);
  if (typeof pattern === 'string') {
    const id = String(1 + wholeBelow(random, USUAL_IDS));
    if (isId && matches(pattern, id) && id.length >= least) return id;
    // Of several that match, one may have the length that is wanted.
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const text = textOfPattern(pattern, random);
      if (text !== undefined && text.length >= least && text.length <= most) return text;
    }
  }
  if (format !== undefined) return format(random);
  const word = isId
    ? String(1 + wholeBelow(random, USUAL_IDS))
    : (WORDS[wholeBelow(random, WORDS.length)] ?? 'alpha');
  return word.padEnd(least, word).slice(0, most);
}

/**
 * Makes up a value that a JSON Schema takes: what it names itself (`const`, `examples`, `default`, `enum`) before
 * what its bounds allow. The same random numbers give the same value.
 * @param schema of the value; `$ref` is looked up in `root`.
 */
export function makeUpValue(schema: unknown, options: MakeUpOptions, root: unknown = schema): unknown {
  const { random, batch } = options;
  const whole = isMapping(root) ? root : {};
  const oneOf = (values: readonly unknown[]): unknown => values[wholeBelow(random, values.length)];

  const make = (given: unknown, name: string, depth: number): unknown => {
    if (!isMapping(given)) return 'text';
    if (depth > DEEPEST * 3) return null;
    const reference = given['$ref'];
    if (typeof reference === 'string') {
      const { $ref: _, ...beside } = given;
      const target = referred(whole, reference);
      return make(isMapping(target) ? merge([target, beside]) : beside, name, depth + 1);
    }
    if ('const' in given) return given['const'];
    const isBatch = name !== '' && name === batch?.property;
    if (!isBatch) {
      const examples = list(given, 'examples');
      if (examples) return oneOf(examples);
      if ('default' in given) return given['default'];
    }
    const words = list(given, 'enum');
    if (words) return oneOf(words);
    const all = list(given, 'allOf');
    if (all) {
      const { allOf: _, ...beside } = given;
      return make(merge([beside, ...all.filter(isMapping)]), name, depth + 1);
    }
    const choices = list(given, 'oneOf') ?? list(given, 'anyOf');
    if (choices) {
      const { oneOf: _one, anyOf: _any, ...beside } = given;
      const useful = choices.filter((each) => !(isMapping(each) && each['type'] === 'null'));
      const chosen = oneOf(useful.length > 0 ? useful : choices);
      return make(isMapping(chosen) ? merge([beside, chosen]) : beside, name, depth + 1);
    }
    if (isMapping(given['if'])) {
      const { if: condition, then: whenMet, else: otherwise, ...beside } = given;
      // What is optional is left out, so that a condition holds if all that it needs is required anyway.
      const needed = isMapping(condition) ? (list(condition, 'required') ?? []) : [];
      const required = list(given, 'required') ?? [];
      const isMet = needed.length > 0 && needed.every((each) => required.includes(each));
      const branch = isMet ? whenMet : otherwise;
      return make(isMapping(branch) ? merge([beside, branch]) : beside, name, depth + 1);
    }
    const type = typeOf(given, random);
    switch (type) {
      case 'object':
        return makeObject(given, depth);
      case 'array':
        return makeList(given, isBatch ? batch?.size : undefined, depth);
      case 'integer':
      case 'number':
        return madeUpNumber(given, type === 'integer', random);
      case 'boolean':
        return random() < 0.5;
      case 'null':
        return null;
      default:
        return madeUpText(given, name, random);
    }
  };

  const makeObject = (schema: Schema, depth: number): Record<string, unknown> => {
    const properties = isMapping(schema['properties']) ? schema['properties'] : {};
    const required = (list(schema, 'required') ?? []).filter(
      (each): each is string => typeof each === 'string',
    );
    // What is optional would be guesswork; a batch is asked for.
    const names = new Set(required);
    if (batch !== undefined && Object.hasOwn(properties, batch.property)) names.add(batch.property);
    return Object.fromEntries([...names].map((each) => [each, make(properties[each], each, depth + 1)]));
  };

  const makeList = (schema: Schema, size: number | undefined, depth: number): unknown[] => {
    const first = list(schema, 'prefixItems') ?? [];
    const least = number(schema, 'minItems') ?? (depth > DEEPEST ? 0 : 1);
    const count = size ?? Math.min(Math.max(least, first.length), number(schema, 'maxItems') ?? Infinity);
    const values: unknown[] = [];
    const seen = new Set<string>();
    const isUnique = schema['uniqueItems'] === true;
    for (let attempt = 0; values.length < count && attempt < count * 10; attempt += 1) {
      const value = make(first[values.length] ?? schema['items'] ?? {}, '', depth + 1);
      const text = isUnique ? JSON.stringify(value) : '';
      if (isUnique && seen.has(text)) continue;
      seen.add(text);
      values.push(value);
    }
    return values;
  };

  return make(schema, '', 0);
}

/** Makes up the arguments of a call from a tool's input schema. */
export function makeUpArguments(schema: Schema, options: MakeUpOptions): Record<string, unknown> {
  const value = makeUpValue({ type: 'object', ...schema }, options, schema);
  return isMapping(value) ? { ...value } : {};
}

/** Name of the argument that takes a list of things, the first of several: its length is a batch size. */
export function batchArgument(schema: Schema): string | undefined {
  const properties = isMapping(schema['properties']) ? schema['properties'] : {};
  const isList = (value: unknown): boolean =>
    isMapping(value) && value['type'] === 'array' && !list(value, 'prefixItems');
  return Object.keys(properties).find((name) => isList(properties[name]));
}
