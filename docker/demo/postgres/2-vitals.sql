-- The account of the sidecar's source: it may read the server's statistics and no table.
\set password `cat "$POSTGRES_PASSWORD_FILE"`
CREATE ROLE vitals LOGIN PASSWORD :'password' IN ROLE pg_monitor;
