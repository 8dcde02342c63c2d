import { isMapping } from './declared-tool.ts';
import { listIn, merge, numberIn, referred, typeOf, withoutKeys, type Schema } from './json-schema.ts';
import { makeUpNumber } from './made-up-number.ts';
import { makeUpText } from './made-up-text.ts';
import { wholeBelow } from './random.ts';

/** What values are made up with. */
export interface MakeUpOptions {
  /** Numbers in [0, 1); the same ones give the same values. */
  readonly random: () => number;
  /** Name of the property whose lists have this many elements, wherever it stands. */
  readonly batch?: { readonly property: string; readonly size: number };
}

/** Schemas may refer to themselves: below this lists are empty, and at three times that it ends. */
const DEEPEST = 6;

/** The part without its choices, and the one that is chosen laid over it; undefined where there is nothing to choose. */
function resolve(given: Schema, root: Schema, random: () => number): Schema | undefined {
  const reference = given['$ref'];
  if (typeof reference === 'string') {
    const beside = withoutKeys(given, '$ref');
    const target = referred(root, reference);
    return isMapping(target) ? merge([target, beside]) : beside;
  }
  const all = listIn(given, 'allOf');
  if (all) return merge([withoutKeys(given, 'allOf'), ...all.filter(isMapping)]);
  const choices = listIn(given, 'oneOf') ?? listIn(given, 'anyOf');
  if (choices) {
    const useful = choices.filter((each) => !(isMapping(each) && each['type'] === 'null'));
    const from = useful.length > 0 ? useful : choices;
    const chosen = from[wholeBelow(random, from.length)];
    return merge([withoutKeys(given, 'oneOf', 'anyOf'), isMapping(chosen) ? chosen : {}]);
  }
  const condition = given['if'];
  if (!isMapping(condition)) return undefined;
  // What is optional is left out, so that a condition holds if all that it needs is required anyway.
  const needed = listIn(condition, 'required') ?? [];
  const required = listIn(given, 'required') ?? [];
  const isMet = needed.length > 0 && needed.every((each) => required.includes(each));
  const branch = given[isMet ? 'then' : 'else'];
  return merge([withoutKeys(given, 'if', 'then', 'else'), isMapping(branch) ? branch : {}]);
}

/**
 * Makes up a value that a JSON Schema takes: what it names itself (`const`, `examples`, `default`, `enum`) before
 * what its bounds allow. The same random numbers give the same value.
 * @param declared schema of the value; `$ref` is looked up in `root`.
 */
export function makeUpValue(declared: unknown, options: MakeUpOptions, root: Schema): unknown {
  const { random, batch } = options;
  const oneOf = (values: readonly unknown[]): unknown => values[wholeBelow(random, values.length)];

  const make = (given: unknown, name: string, depth: number): unknown => {
    if (!isMapping(given)) return 'text';
    if (depth > DEEPEST * 3) return null;
    if ('const' in given) return given['const'];
    const isBatch = name !== '' && name === batch?.property;
    if (!isBatch) {
      const examples = listIn(given, 'examples');
      if (examples) return oneOf(examples);
      if ('default' in given) return given['default'];
    }
    const words = listIn(given, 'enum');
    if (words) return oneOf(words);
    const resolved = resolve(given, root, random);
    if (resolved !== undefined) return make(resolved, name, depth + 1);
    const type = typeOf(given, random);
    switch (type) {
      case 'object':
        return makeObject(given, depth);
      case 'array':
        return makeList(given, isBatch ? batch?.size : undefined, depth);
      case 'integer':
      case 'number':
        return makeUpNumber(given, type === 'integer', random);
      case 'boolean':
        return random() < 0.5;
      case 'null':
        return null;
      default:
        return makeUpText(given, name, random);
    }
  };

  const makeObject = (schema: Schema, depth: number): Record<string, unknown> => {
    const properties = isMapping(schema['properties']) ? schema['properties'] : {};
    const required = (listIn(schema, 'required') ?? []).filter(
      (each): each is string => typeof each === 'string',
    );
    // What is optional would be guesswork; a batch is asked for.
    const names = new Set(required);
    if (batch !== undefined && Object.hasOwn(properties, batch.property)) names.add(batch.property);
    return Object.fromEntries([...names].map((each) => [each, make(properties[each], each, depth + 1)]));
  };

  const makeList = (schema: Schema, size: number | undefined, depth: number): unknown[] => {
    const first = listIn(schema, 'prefixItems') ?? [];
    const least = numberIn(schema, 'minItems') ?? (depth > DEEPEST ? 0 : 1);
    const count = size ?? Math.min(Math.max(least, first.length), numberIn(schema, 'maxItems') ?? Infinity);
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

  return make(declared, '', 0);
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
    isMapping(value) && value['type'] === 'array' && !listIn(value, 'prefixItems');
  return Object.keys(properties).find((name) => isList(properties[name]));
}
