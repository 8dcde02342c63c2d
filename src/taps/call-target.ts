import type { MessageFacts } from '../mcp/message-facts.ts';
import type { CallTarget } from '../model/traffic.ts';
import type { TapOptions } from './tap-options.ts';

/** The path of a request target, without its query. */
export const pathOf = (target: string): string => {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
};

/** A segment that names one of many things, or is a key: a number, hexadecimal, or long with digits in it. */
const ID_SEGMENT = /^(?:\d+|[0-9a-f-]{16,}|(?=[^/]*\d)[\w.~=+-]{20,})$/i;

/** A path as it may appear in a label: ids and keys in it become `:id`. */
export const publicPath = (path: string): string =>
  path
    .split('/')
    .map((segment) => (ID_SEGMENT.test(segment) ? ':id' : segment))
    .join('/');

/**
 * What a request addresses: the tool or prompt by name, a resource by the
 * scheme of its URI (the rest could be anything, and private), else the path
 * that it was sent to.
 */
export function callTarget(facts: MessageFacts, path: string): CallTarget {
  switch (facts.method) {
    case 'tools/call':
      if (facts.name !== undefined) return { kind: 'tool', name: facts.name };
      break;
    case 'prompts/get':
      if (facts.name !== undefined) return { kind: 'prompt', name: facts.name };
      break;
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe': {
      const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(facts.uri ?? '')?.[0];
      if (scheme !== undefined) return { kind: 'resource', name: scheme.toLowerCase() };
      break;
    }
    default:
  }
  return { kind: 'path', name: publicPath(path) };
}

/** The batch size of a tool call, if the tool is one that is configured to take batches. */
export const batchSizeOf = (facts: MessageFacts, options: TapOptions): number | undefined =>
  facts.name !== undefined && options.batchTools.has(facts.name) ? facts.batchSize : undefined;
