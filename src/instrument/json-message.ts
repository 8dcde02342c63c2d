/** The members of an object; undefined for everything else. */
export const membersOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  isObject(value) ? value : undefined;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** A string, or undefined for everything else. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Id of a JSON-RPC request; the number 1 and the string "1" are different ids. */
export type RpcId = string | number;

/** A JSON-RPC id, or undefined for everything else. */
export const idOf = (value: unknown): RpcId | undefined =>
  typeof value === 'string' || typeof value === 'number' ? value : undefined;
