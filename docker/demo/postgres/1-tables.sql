-- What the demo's tools read and write: users, their orders, an inventory.
CREATE TABLE users (
  id integer PRIMARY KEY, name text NOT NULL, email text NOT NULL, plan text NOT NULL,
  region text NOT NULL, profile jsonb NOT NULL, created_at timestamptz NOT NULL);
CREATE TABLE orders (
  id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users, product text NOT NULL, quantity integer NOT NULL,
  amount_cents integer NOT NULL, status text NOT NULL, region text NOT NULL, month integer NOT NULL,
  placed_at timestamptz NOT NULL);
CREATE TABLE inventory (
  sku text PRIMARY KEY, quantity integer NOT NULL, price_cents integer NOT NULL, note text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()) WITH (fillfactor = 50);

INSERT INTO users SELECT n, 'User ' || n, 'user' || n || '@example.com',
    (ARRAY['free', 'team', 'enterprise'])[1 + n % 3],
    (ARRAY['eu-north', 'eu-south', 'us-east', 'us-west', 'ap-south'])[1 + n % 5],
    jsonb_build_object('locale', 'en', 'biography', repeat(md5(n::text) || ' ', 60)),
    timestamptz '2024-01-01' + n * interval '7 hours'
  FROM generate_series(1, 1000) AS n;
INSERT INTO orders SELECT n, 1 + n % 1000, 'product-' || n % 97, 1 + n % 5, 500 + (n * 7919) % 20000,
    (ARRAY['paid', 'shipped', 'returned', 'open'])[1 + n % 4],
    (ARRAY['eu-north', 'eu-south', 'us-east', 'us-west', 'ap-south'])[1 + (n % 1000 + 1) % 5], n % 12,
    timestamptz '2025-01-01' + (n % 12) * interval '1 month' + (n % 27) * interval '1 day'
  FROM generate_series(1, 12000) AS n;
INSERT INTO inventory SELECT 'sku-' || n, 100, 999, '' FROM generate_series(0, 4999) AS n;

-- The document's index strategy.
CREATE INDEX orders_user ON orders (user_id, placed_at DESC);
CREATE INDEX orders_region ON orders (region, month);
CREATE INDEX users_email ON users (email);
ANALYZE;
