import { addressee, publicPath } from '../mcp/call-target.ts';
import type { MessageFacts } from '../mcp/message-facts.ts';
import type { CallTarget } from '../model/traffic.ts';
import type { TapOptions } from './tap-options.ts';

/** The path of a request target, without its query. */
export const pathOf = (target: string): string => {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
};

/** What a request addresses, else the path that it was sent to. */
export const callTarget = (facts: MessageFacts, path: string): CallTarget =>
  addressee(facts) ?? { kind: 'path', name: publicPath(path) };

/** The batch size of a tool call, if the tool is one that is configured to take batches. */
export const batchSizeOf = (facts: MessageFacts, options: TapOptions): number | undefined =>
  facts.name !== undefined && options.batchTools.has(facts.name) ? facts.batchSize : undefined;
