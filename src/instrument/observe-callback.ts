import { isMethod } from './override-method.ts';

/**
 * Puts a function before the callback that an object has, or is yet to be given, under a name: however often it is
 * replaced, each call is observed once, also where the new callback calls the former. Without a callback there is
 * none still. An accessor of the object's class stays in use.
 * @throws TypeError if the object is frozen.
 */
export function observeCallback(
  target: object,
  name: string,
  observe: (...args: readonly unknown[]) => void,
): void {
  const accessor = accessorOf(target, name);
  const isOwn = Object.hasOwn(target, name);
  const isNew = !(name in target);
  const first: unknown = Reflect.get(target, name);
  let current: unknown;

  const observed = (callback: unknown): unknown => {
    if (!isMethod(callback)) return callback;
    return function stand(this: unknown, ...args: unknown[]): unknown {
      // One that was replaced is called by its successor, which has told already.
      if (current === stand) observe(...args);
      return callback.apply(this, args);
    };
  };
  const put = (callback: unknown): void => {
    current = observed(callback);
    accessor?.set.call(target, current);
  };
  Object.defineProperty(target, name, {
    configurable: true,
    enumerable: isNew || (isOwn && Object.prototype.propertyIsEnumerable.call(target, name)),
    get: () => (accessor ? accessor.get.call(target) : current),
    set: put,
  });
  if (first !== undefined) put(first);
}

interface Accessor {
  readonly get: () => unknown;
  readonly set: (value: unknown) => void;
}

function accessorOf(target: object, name: string): Accessor | undefined {
  for (let holder: object | null = target; holder; holder = Reflect.getPrototypeOf(holder)) {
    const found = Object.getOwnPropertyDescriptor(holder, name);
    if (!found) continue;
    // oxlint-disable-next-line typescript/unbound-method -- called with the object as `this`
    const { get, set } = found;
    return get && set ? { get, set } : undefined;
  }
  return undefined;
}
