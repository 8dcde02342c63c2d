import type { CallTarget } from '../model/traffic.ts';
import type { MessageFacts } from './message-facts.ts';

/** A segment that names one of many things, or is a key: a number, hexadecimal, or long with digits in it. */
const ID_SEGMENT = /^(?:\d+|[0-9a-f-]{16,}|(?=[^/]*\d)[\w.~=+-]{20,})$/i;

/** A path as it may appear in a label: ids and keys in it become `:id`. */
export const publicPath = (path: string): string =>
  path
    .split('/')
    .map((segment) => (ID_SEGMENT.test(segment) ? ':id' : segment))
    .join('/');

/**
 * What a request itself addresses: the tool or prompt by name, a resource by
 * the scheme of its URI (the rest could be anything, and private); undefined if
 * nothing but the place that it was sent to.
 */
export function addressee({
  method,
  name,
  uri,
}: Pick<MessageFacts, 'method' | 'name' | 'uri'>): CallTarget | undefined {
  switch (method) {
    case 'tools/call':
      return name === undefined ? undefined : { kind: 'tool', name };
    case 'prompts/get':
      return name === undefined ? undefined : { kind: 'prompt', name };
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe': {
      const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(uri ?? '')?.[0];
      return scheme === undefined ? undefined : { kind: 'resource', name: scheme.toLowerCase() };
    }
    default:
      return undefined;
  }
}
