import type { ChosenTool } from './choose-tools.ts';
import { batchArgument, makeUpArguments } from './made-up-value.ts';
import { CLIENT_INFO, type Agreement } from './negotiate.ts';
import { planCall, type PlannedCall } from './planned-call.ts';
import { createRandom } from './random.ts';

/** Sets of arguments that are made up for a tool. */
const VARIANTS = 64;

/** A number that follows from a text (FNV-1a). */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** Name of the argument that takes a tool's batch; undefined if it has none. */
export const batchOf = ({ tool, choice }: ChosenTool): string | undefined =>
  choice?.batch ?? batchArgument(tool.inputSchema);

/**
 * The sets of arguments that a tool is called with: the user's own, or made up from its input schema, the same ones for
 * the same seed.
 * @param batchSize length of the list that its batch argument gets.
 */
export function argumentSets(
  chosen: ChosenTool,
  seed: number,
  batchSize?: number,
): readonly Readonly<Record<string, unknown>>[] {
  const { tool, choice } = chosen;
  const property = batchSize === undefined ? undefined : batchOf(chosen);
  const own = choice?.arguments;
  if (own !== undefined && own.length > 0) {
    if (property === undefined || batchSize === undefined) return own;
    return own.map((values) => {
      const list = values[property];
      if (!Array.isArray(list) || list.length === 0) return values;
      return {
        ...values,
        [property]: Array.from({ length: batchSize }, (_, i): unknown => list[i % list.length]),
      };
    });
  }
  const random = createRandom(seed ^ hash(tool.name));
  const batch = property === undefined || batchSize === undefined ? undefined : { property, size: batchSize };
  // Large lists are alike anyway.
  const variants =
    batchSize === undefined ? VARIANTS : Math.max(4, Math.min(VARIANTS, Math.ceil(1000 / batchSize)));
  return Array.from({ length: variants }, () =>
    makeUpArguments(tool.inputSchema, { random, ...(batch && { batch }) }),
  );
}

/** The calls of a row of the mix, as they are sent under an agreement. */
export function makeCalls(
  chosen: ChosenTool,
  row: number,
  agreement: Agreement,
  seed: number,
  batchSize?: number,
): readonly PlannedCall[] {
  const { era, protocolVersion } = agreement;
  const meta = era === 'modern' ? { protocolVersion, clientInfo: CLIENT_INFO } : undefined;
  return argumentSets(chosen, seed, batchSize).map((values) => planCall(chosen.tool, row, values, meta));
}
