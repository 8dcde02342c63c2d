/** Any method, as far as one that stands in for it has to know. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Whether a value can be called. */
export const isMethod = (value: unknown): value is Method => typeof value === 'function';

/**
 * Puts a function before a method of one object, not of its class: all callers through the object pass it.
 * A loop over the object's members shows no more than before.
 * @param make given the former method; what it returns has to call it with the same `this` and arguments.
 * @throws TypeError if the object is frozen. Objects without such a method are left as they are.
 */
export function overrideMethod(target: object, name: string, make: (former: Method) => Method): void {
  const former: unknown = Reflect.get(target, name);
  if (!isMethod(former)) return;
  const own = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, {
    value: make(former),
    writable: true,
    configurable: true,
    enumerable: own?.enumerable ?? false,
  });
}

/** A promise, or something like one. */
export interface Thenable {
  then(onValue: ((value: unknown) => unknown) | undefined, onError?: (error: unknown) => unknown): unknown;
}

/** Whether a value is a promise, or something like one. */
export const isThenable = (value: unknown): value is Thenable =>
  typeof value === 'object' && value !== null && 'then' in value && isMethod(value.then);
