import type { McpServer } from '@modelcontextprotocol/server';
import type { Pool } from 'pg';
import { request } from 'undici';
import { z } from 'zod';
import { codeOf } from '../model/error-facts.ts';
import type { DemoBreakName } from './demo-breaks.ts';
import { reasonOf } from './child-program.ts';
import { generateReport } from './generate-report.ts';
import type { RecentValues } from './recent-values.ts';
import { regions } from './seed-database.ts';

/** What the tools work on. */
export interface DemoToolsOptions {
  readonly pool: Pool;
  /** Users that were read lately. */
  readonly users: RecentValues<Record<string, unknown>>;
  /** Origin of the weather service. */
  readonly weatherUrl: string;
  /** How long the weather service may take. */
  readonly weatherTimeoutMs: number;
  /** What is broken on request. */
  readonly breaks?: readonly DemoBreakName[];
}

interface TextResult {
  [key: string]: unknown;
  content: { type: 'text'; text: string }[];
  isError?: boolean;
}

function answer(value: unknown): TextResult {
  return { content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }] };
}

function failure(text: string): TextResult {
  return { content: [{ type: 'text', text }], isError: true };
}

const selectUsers = `
  SELECT u.id, u.name, u.email, u.plan, u.region, u.profile, u.created_at, coalesce((
    SELECT json_agg(o ORDER BY o.placed_at DESC) FROM orders o WHERE o.user_id = u.id), '[]') AS orders
  FROM users u`;

const batchQuery = `
  INSERT INTO inventory (sku, quantity, price_cents, note)
  SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::text[])
  ON CONFLICT (sku) DO UPDATE SET quantity = excluded.quantity, price_cents = excluded.price_cents,
    note = excluded.note, updated_at = now()
  RETURNING sku, quantity`;

const batchItem = z.object({
  sku: z.string(),
  quantity: z.number().int(),
  priceCents: z.number().int().nonnegative(),
  note: z.string(),
});

async function processBatch(pool: Pool, items: readonly z.infer<typeof batchItem>[]): Promise<TextResult> {
  // One statement may touch a row only once: of two items with the same sku the later one counts.
  const bySku = [...new Map(items.map((item) => [item.sku, item])).values()];
  const { rows } = await pool.query<{ sku: string; quantity: number }>(batchQuery, [
    bySku.map((item) => item.sku),
    bySku.map((item) => item.quantity),
    bySku.map((item) => item.priceCents),
    bySku.map((item) => item.note),
  ]);
  return answer({ processed: items.length, written: rows.length, rows });
}

async function fetchWeather(city: string, url: string, timeoutMs: number): Promise<TextResult> {
  try {
    const reply = await request(`${url}/forecast?city=${encodeURIComponent(city)}`, {
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const text = await reply.body.text();
    if (reply.statusCode === 200) return answer(text);
    return failure(`weather service: want status 200, got ${reply.statusCode}`);
  } catch (error) {
    const timedOut = codeOf(error) === 'UND_ERR_HEADERS_TIMEOUT';
    return failure(
      timedOut
        ? `weather service: connection timeout, want an answer within ${timeoutMs} ms`
        : `weather service: ${reasonOf(error)}`,
    );
  }
}

/** Takes the first users into the cache, those asked for most last: a server that begins with none of them looks ill for its first minutes. */
export async function warmUsers(
  { pool, users }: Pick<DemoToolsOptions, 'pool' | 'users'>,
  count: number,
): Promise<void> {
  const { rows } = await pool.query<{ readonly id: number } & Record<string, unknown>>(
    `${selectUsers} WHERE u.id <= $1 ORDER BY u.id DESC`,
    [count],
  );
  for (const user of rows) users.set(String(user.id), user);
}

/**
 * Registers the four tools of the benchmark document ("Tool-Specific
 * Performance"): `get_user` (one query, or none where the user was read lately), `generate_report` (15 queries and
 * aggregation), `fetch_weather` (an HTTP call), `process_batch` (bulk writes).
 */
export function registerDemoTools(server: McpServer, options: DemoToolsOptions): void {
  const { pool, users, weatherUrl, weatherTimeoutMs, breaks = [] } = options;
  server.registerTool(
    'get_user',
    {
      description: 'One user with profile and orders.',
      inputSchema: z.object({ user_id: z.string().regex(/^\d{1,9}$/, 'want a number') }),
      annotations: { readOnlyHint: true },
    },
    async ({ user_id }) => {
      const known = users.get(user_id);
      if (known !== undefined) return answer(known);
      const { rows } = await pool.query<Record<string, unknown>>(`${selectUsers} WHERE u.id = $1`, [
        Number(user_id),
      ]);
      const [user] = rows;
      if (user === undefined) return failure(`user ${user_id}: not found`);
      users.set(user_id, user);
      return answer(user);
    },
  );
  server.registerTool(
    'generate_report',
    {
      description: 'Revenue of a region over the twelve months of a year.',
      inputSchema: z.object({ region: z.enum([...regions]) }),
      annotations: { readOnlyHint: true },
    },
    async ({ region }) => {
      if (breaks.includes('tool')) return failure(`report ${region}: want rates of exchange, got none`);
      return answer(await generateReport(pool, region));
    },
  );
  server.registerTool(
    'fetch_weather',
    {
      description: 'Forecast for a city from the weather service.',
      inputSchema: z.object({ city: z.string().min(1) }),
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    async ({ city }) => fetchWeather(city, weatherUrl, weatherTimeoutMs),
  );
  server.registerTool(
    'process_batch',
    {
      description: 'Writes a batch of items to the inventory.',
      inputSchema: z.object({ items: z.array(batchItem).min(1).max(1000) }),
    },
    async ({ items }) => processBatch(pool, items),
  );
}
