import { regions, skuCount, userCount } from './seed-database.ts';

/** A tool call to make. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

/** Batch sizes of the document, most used first, with their shares. */
const batchSizes: readonly (readonly [size: number, share: number])[] = [
  [10, 0.6],
  [50, 0.25],
  [100, 0.12],
  [500, 0.03],
];

const cities = ['Helsinki', 'Lisbon', 'Nairobi', 'Osaka', 'Quito', 'Reykjavik', 'Toronto', 'Wellington'];

/** Of reads, the shares that ask for a user who does not exist, give a broken id, or call the tool by a name it once had. */
const unknownUserShare = 0.0003;
const brokenIdShare = 0.00015;
const formerNameShare = 0.0015;

function whole(random: () => number, below: number): number {
  return Math.floor(random() * below);
}

function getUser(random: () => number): ToolCall {
  let luck = random();
  // Some users are asked for far more often than others.
  const id = 1 + Math.floor(random() ** 3 * userCount);
  // The SDK's server answers broken arguments with isError, an unknown tool with the JSON-RPC error -32602.
  if ((luck -= brokenIdShare) < 0) return { name: 'get_user', arguments: { user_id: `user-${id}` } };
  if ((luck -= formerNameShare) < 0) return { name: 'find_user', arguments: { user_id: String(id) } };
  if ((luck -= unknownUserShare) < 0)
    return { name: 'get_user', arguments: { user_id: String(id + userCount) } };
  return { name: 'get_user', arguments: { user_id: String(id) } };
}

function processBatch(random: () => number): ToolCall {
  let luck = random();
  const [size] = batchSizes.find(([, share]) => (luck -= share) < 0) ?? [10];
  const first = whole(random, skuCount);
  const items = Array.from({ length: size }, (_, n) => ({
    sku: `sku-${(first + n) % skuCount}`,
    quantity: whole(random, 500),
    priceCents: 100 + whole(random, 9900),
    note: `counted in aisle ${whole(random, 40)}, shelf ${whole(random, 12)}, checked twice by the morning shift, seal intact`,
  }));
  return { name: 'process_batch', arguments: { items } };
}

/**
 * Draws the next call from the mix of the document's load test: 60 % read
 * (`get_user`), 30 % write (`process_batch` in its sizes), 10 % complex
 * (`generate_report` and `fetch_weather`); a few of them fail, as in real life.
 * @param random numbers in [0, 1).
 */
export function nextToolCall(random: () => number): ToolCall {
  const luck = random();
  if (luck < 0.6) return getUser(random);
  if (luck < 0.9) return processBatch(random);
  if (luck < 0.95)
    return { name: 'generate_report', arguments: { region: regions[whole(random, regions.length)] } };
  return { name: 'fetch_weather', arguments: { city: cities[whole(random, cities.length)] } };
}
