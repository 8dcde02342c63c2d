import type { Pool } from 'pg';

interface OrderRow {
  readonly product: string;
  readonly quantity: number;
  readonly amount_cents: number;
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function quantile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0;
}

function monthLine(name: string, orders: readonly OrderRow[]): string {
  const amounts = orders.map((order) => order.amount_cents * order.quantity).toSorted((a, b) => a - b);
  const byProduct = new Map<string, number>();
  for (const order of orders) {
    byProduct.set(order.product, (byProduct.get(order.product) ?? 0) + order.amount_cents * order.quantity);
  }
  const best = [...byProduct].toSorted((a, b) => b[1] - a[1]).slice(0, 10);
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  return [
    `${name}: ${orders.length} orders, ${(total / 100).toFixed(2)} EUR`,
    `median ${quantile(amounts, 0.5) / 100}, p90 ${quantile(amounts, 0.9) / 100}, max ${(amounts.at(-1) ?? 0) / 100}`,
    `best: ${best.map(([product, cents]) => `${product} ${(cents / 100).toFixed(2)}`).join(', ')}`,
  ].join('; ');
}

/**
 * Writes the yearly report of a region: 15 queries, one after the other, and
 * the aggregation of their rows here; about 5 KB of text.
 */
export async function generateReport(pool: Pool, region: string): Promise<string> {
  const lines = [`Report for ${region}`];
  const users = await pool.query<{ plan: string; users: string }>(
    'SELECT plan, count(*) AS users FROM users WHERE region = $1 GROUP BY plan ORDER BY plan',
    [region],
  );
  lines.push(`Users: ${users.rows.map((row) => `${row.plan} ${row.users}`).join(', ')}`);
  const statuses = await pool.query<{ status: string; orders: string }>(
    'SELECT status, count(*) AS orders FROM orders WHERE region = $1 GROUP BY status ORDER BY status',
    [region],
  );
  lines.push(`Orders: ${statuses.rows.map((row) => `${row.status} ${row.orders}`).join(', ')}`);
  for (const [month, name] of monthNames.entries()) {
    const orders = await pool.query<OrderRow>(
      'SELECT product, quantity, amount_cents FROM orders WHERE region = $1 AND month = $2',
      [region, month],
    );
    lines.push(monthLine(name, orders.rows));
  }
  const customers = await pool.query<{ name: string; cents: string }>(
    `SELECT u.name, sum(o.amount_cents * o.quantity) AS cents FROM orders o JOIN users u ON u.id = o.user_id
     WHERE o.region = $1 GROUP BY u.name ORDER BY cents DESC, u.name LIMIT 20`,
    [region],
  );
  lines.push(
    `Customers: ${customers.rows.map((row) => `${row.name} ${Number(row.cents) / 100}`).join(', ')}`,
  );
  return lines.join('\n');
}
