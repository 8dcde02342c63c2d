import type { CallTarget } from '../model/traffic.ts';
import { membersOf, textOf } from './json-message.ts';

/** A segment of a path that names one of many things, or is a key. */
const ID_SEGMENT = /^(?:\d+|[0-9a-f-]{16,}|(?=[^/]*\d)[\w.~=+-]{20,})$/i;

/** A path as it may appear in a label: ids and keys in it become `:id`. */
export const publicPath = (path: string): string =>
  path
    .split('/')
    .map((segment) => (ID_SEGMENT.test(segment) ? ':id' : segment))
    .join('/');

/**
 * What a request addresses: the tool or prompt by name, a resource by the
 * scheme of its URI (the rest could be anything, and private), else where it arrived.
 * @param place gives what stands for the HTTP path; asked only where nothing else is addressed.
 */
export function requestTarget(method: string, params: unknown, place: () => string): CallTarget {
  switch (method) {
    case 'tools/call': {
      const name = textOf(membersOf(params)?.['name']);
      if (name !== undefined) return { kind: 'tool', name };
      break;
    }
    case 'prompts/get': {
      const name = textOf(membersOf(params)?.['name']);
      if (name !== undefined) return { kind: 'prompt', name };
      break;
    }
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe': {
      const uri = textOf(membersOf(params)?.['uri']);
      const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(uri ?? '')?.[0];
      if (scheme !== undefined) return { kind: 'resource', name: scheme.toLowerCase() };
      break;
    }
    default:
  }
  return { kind: 'path', name: place() };
}
