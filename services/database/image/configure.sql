-- At each start. The password comes by the environment: arguments can be seen by others.
\getenv password POSTGRES_PASSWORD
SET log_min_error_statement = panic;
SELECT format('CREATE ROLE %I', :'owner') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
ALTER ROLE :"owner" LOGIN CREATEROLE NOSUPERUSER NOCREATEDB NOREPLICATION NOBYPASSRLS PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'db', :'owner')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'db') \gexec
SELECT format('ALTER DATABASE %I OWNER TO %I', :'db', :'owner')
  FROM pg_database WHERE datname = :'db' AND datdba <> to_regrole(quote_ident(:'owner'))::oid \gexec

-- Who wants a backup writes a line here; the container that makes them answers in it.
REVOKE ALL ON DATABASE postgres FROM PUBLIC;
GRANT CONNECT ON DATABASE postgres TO :"owner";
CREATE SCHEMA IF NOT EXISTS backup;
CREATE TABLE IF NOT EXISTS backup.request (
  id text PRIMARY KEY CHECK (length(id) <= 253),
  asked timestamptz NOT NULL DEFAULT now(),
  state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'running', 'done', 'failed')),
  told text NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS backup.keeper (only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), seen timestamptz NOT NULL);
GRANT USAGE ON SCHEMA backup TO :"owner";
GRANT SELECT, INSERT (id) ON backup.request TO :"owner";
GRANT SELECT ON backup.keeper TO :"owner";
