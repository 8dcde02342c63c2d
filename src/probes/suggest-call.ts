/** What of a declared tool says whether and how it can be called. */
export interface CallableTool {
  readonly name: string;
  readonly inputSchema?: unknown;
  readonly annotations?:
    | {
        readonly readOnlyHint?: boolean | undefined;
        readonly destructiveHint?: boolean | undefined;
      }
    | undefined;
}

/** How a tool can be called again and again, or why it should not be. */
export type SuggestedCall =
  | { readonly kind: 'call'; readonly arguments: Readonly<Record<string, unknown>> }
  /** It only reads, but no value can be had for these arguments without inventing one. */
  | {
      readonly kind: 'incomplete';
      readonly arguments: Readonly<Record<string, unknown>>;
      readonly missing: readonly string[];
    }
  | { readonly kind: 'unsafe'; readonly why: string };

/** Words that a tool's name begins with where it only reads. */
const READS = new Set(
  'check count describe echo fetch find get health info inspect list lookup ping query read search show stat stats status version view whoami'.split(
    ' ',
  ),
);

/**
 * Words that say, wherever they stand in the name, that something may change, as in `get_or_create`. Those that are as
 * often the name of a thing (order, post, run) only count at its beginning, where they are no word of reading.
 */
const CHANGES = new Set(
  'add apply approve buy cancel clear close create deactivate delete deploy disable drop enable exec execute import insert install invoke kill modify pay publish purge put refund remove rename reset restart restore revoke rotate save send shutdown submit sync terminate toggle transfer truncate uninstall update upload upsert wipe write'.split(
    ' ',
  ),
);

/** Words of what should not be in the transcript of a probe. */
const SECRETS = new Set(
  'credential credentials env environment password passwords secret secrets token tokens'.split(' '),
);

/** Deep enough for any schema that is meant to be filled in. */
const MAX_DEPTH = 8;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The words of a name: `getUserById`, `get-user`, `get_user` and `users/get` alike. */
const wordsOf = (name: string): readonly string[] =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');

/** Why a tool must not be called by itself; undefined where that is safe. */
function danger({ name, annotations = {} }: CallableTool): string | undefined {
  const { readOnlyHint, destructiveHint } = annotations;
  const words = wordsOf(name);
  if (words.some((word) => SECRETS.has(word))) return 'secrets may be in its answer';
  if (readOnlyHint === true) {
    return destructiveHint === true
      ? 'it says both that it only reads and that it is destructive'
      : undefined;
  }
  if (destructiveHint === true) return 'it says that it is destructive';
  if (readOnlyHint === false) return 'it says that it changes something';
  const change = words.find((word) => CHANGES.has(word));
  if (change !== undefined) return 'its name says that it changes something';
  return READS.has(words[0] ?? '') ? undefined : 'nothing says that it only reads';
}

/** A definition of the same schema that `$ref` points to (JSON pointer, RFC 6901). */
function resolved(schema: unknown, root: unknown): unknown {
  if (!isObject(schema) || typeof schema['$ref'] !== 'string' || !schema['$ref'].startsWith('#/'))
    return schema;
  let at: unknown = root;
  for (const part of schema['$ref'].slice(2).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at;
}

/** A value that the schema itself gives, or undefined. */
function valueOf(declared: unknown, root: unknown, depth = 0): { readonly value: unknown } | undefined {
  const schema = resolved(declared, root);
  if (!isObject(schema) || depth > MAX_DEPTH) return undefined;
  if (Object.hasOwn(schema, 'const')) return { value: schema['const'] };
  for (const key of ['examples', 'enum'] as const) {
    const values = schema[key];
    // What is given as the default comes before any of the choices.
    if (key === 'enum' && Object.hasOwn(schema, 'default')) return { value: schema['default'] };
    if (Array.isArray(values) && values.length > 0) return { value: values[0] as unknown };
  }
  if (Object.hasOwn(schema, 'default')) return { value: schema['default'] };
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const branches = schema[key];
    if (!Array.isArray(branches)) continue;
    for (const branch of branches) {
      const found = valueOf(branch, root, depth + 1);
      if (found !== undefined) return found;
    }
  }
  if (schema['type'] === 'null') return { value: null };
  if (!isObject(schema['properties'])) return undefined;
  const { values, missing } = objectOf(schema, root, depth + 1);
  return missing.length === 0 ? { value: values } : undefined;
}

/** Values for the properties that an object must have. */
function objectOf(
  schema: Readonly<Record<string, unknown>>,
  root: unknown,
  depth = 0,
): { readonly values: Readonly<Record<string, unknown>>; readonly missing: readonly string[] } {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const names = required.filter((name) => typeof name === 'string');
  const found = names.map((name) => {
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return [name, valueOf(own, root, depth)] as const;
  });
  return {
    values: Object.fromEntries(
      found.flatMap(([name, got]) => (got === undefined ? [] : [[name, got.value]])),
    ),
    missing: found.flatMap(([name, got]) => (got === undefined ? [name] : [])),
  };
}

/** The example of the whole that a schema gives (JSON Schema 2020-12, 9.5). */
function wholeExample(
  schema: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  const { examples } = schema;
  return Array.isArray(examples) ? examples.find((example) => isObject(example)) : undefined;
}

/**
 * Says how a tool can be called by a probe; pure.
 *
 * Only a tool that says that it reads (`readOnlyHint`, MCP tool annotations), or whose name does where it says nothing,
 * is called, and only with what its schema gives: constants, examples, defaults and choices. No value is invented.
 */
export function suggestCall(tool: CallableTool): SuggestedCall {
  const why = danger(tool);
  if (why !== undefined) return { kind: 'unsafe', why };
  const schema = isObject(tool.inputSchema) ? tool.inputSchema : {};
  const example = wholeExample(schema);
  if (example !== undefined) return { kind: 'call', arguments: example };
  const { values, missing } = objectOf(schema, schema);
  return missing.length === 0
    ? { kind: 'call', arguments: values }
    : { kind: 'incomplete', arguments: values, missing };
}
