import type { Pool } from 'pg';

/** Users that exist: ids 1 to this. */
export const userCount = 1000;

/** Stock keeping units that `process_batch` writes to: `sku-0` up to this, exclusive. */
export const skuCount = 5000;

/** Regions of users, and of reports. */
export const regions: readonly string[] = ['eu-north', 'eu-south', 'us-east', 'us-west', 'ap-south'];

const regionArray = `ARRAY[${regions.map((region) => `'${region}'`).join(', ')}]`;

/**
 * Tables of the demo and their rows; running it twice does no harm.
 * `inventory` leaves room in its pages because nothing vacuums a PGlite: old
 * versions of a row are pruned within the page, and the table stays as it is.
 */
const statements: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS users (
     id integer PRIMARY KEY, name text NOT NULL, email text NOT NULL, plan text NOT NULL,
     region text NOT NULL, profile jsonb NOT NULL, created_at timestamptz NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS orders (
     id integer PRIMARY KEY, user_id integer NOT NULL, product text NOT NULL, quantity integer NOT NULL,
     amount_cents integer NOT NULL, status text NOT NULL, region text NOT NULL, month integer NOT NULL,
     placed_at timestamptz NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS inventory (
     sku text PRIMARY KEY, quantity integer NOT NULL, price_cents integer NOT NULL, note text NOT NULL,
     updated_at timestamptz NOT NULL DEFAULT now()) WITH (fillfactor = 50)`,
  `INSERT INTO users SELECT n, 'User ' || n, 'user' || n || '@example.com',
     (ARRAY['free', 'team', 'enterprise'])[1 + n % 3],
     (${regionArray})[1 + n % ${regions.length}],
     jsonb_build_object('locale', 'en', 'biography', repeat(md5(n::text) || ' ', 60)),
     timestamptz '2024-01-01' + n * interval '7 hours'
   FROM generate_series(1, ${userCount}) AS n ON CONFLICT DO NOTHING`,
  `INSERT INTO orders SELECT n, 1 + n % ${userCount}, 'product-' || n % 97, 1 + n % 5, 500 + (n * 7919) % 20000,
     (ARRAY['paid', 'shipped', 'returned', 'open'])[1 + n % 4],
     (${regionArray})[1 + (n % ${userCount} + 1) % ${regions.length}], n % 12,
     timestamptz '2025-01-01' + (n % 12) * interval '1 month' + (n % 27) * interval '1 day'
   FROM generate_series(1, ${userCount * 12}) AS n ON CONFLICT DO NOTHING`,
  `INSERT INTO inventory SELECT 'sku-' || n, 100, 999, '' FROM generate_series(0, ${skuCount - 1}) AS n
   ON CONFLICT DO NOTHING`,
  'CREATE INDEX IF NOT EXISTS orders_user ON orders (user_id)',
  'CREATE INDEX IF NOT EXISTS orders_region ON orders (region, month)',
  'ANALYZE',
];

/** Creates and fills the demo's tables. */
export async function seedDatabase(pool: Pool): Promise<void> {
  for (const statement of statements) await pool.query(statement);
}
