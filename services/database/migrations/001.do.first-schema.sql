-- One tenant's database. Whatever a device does not say is null: unknown is never a number.

create table site (
  id         uuid primary key default uuidv7(),
  name       text not null unique check (length(name) between 1 and 255),
  created_at timestamptz not null default now()
);

create table monitor (
  id              uuid primary key default uuidv7(),
  site_id         uuid not null references site,
  name            text not null unique check (name ~ '^[0-9a-z][0-9a-z.-]{0,63}$'), -- local part of its XMPP address
  created_at      timestamptz not null default now(),
  last_contact_at timestamptz,
  -- Its own health as last reported; null before the first report.
  observed_at     timestamptz,
  version         text,
  started_at      timestamptz,
  devices         integer,
  unreadable      integer,
  sweeps          integer,
  outbox_reports  integer,
  outbox_bytes    bigint,
  thinned         bigint
);

create table device (
  id               uuid primary key default uuidv7(),
  site_id          uuid not null references site,
  monitor_id       uuid not null references monitor, -- the one that reported it last
  make             text,
  model            text,
  serial           text,
  mac              macaddr,
  host_name        text,
  address          inet,
  location         text,
  firmware         text,
  first_seen_at    timestamptz not null,
  last_seen_at     timestamptz not null,
  -- The observation from which each section's current state comes: an older one never overwrites it.
  asset_observed_at     timestamptz,
  meters_observed_at    timestamptz,
  supplies_observed_at  timestamptz,
  trays_observed_at     timestamptz,
  incidents_observed_at timestamptz
) with (fillfactor = 70); -- room beside each row, so that its next version needs no new index entries
create index on device (site_id);
create index on device (monitor_id);
-- The orders in which devices are paged. None on last_seen_at: it would make every report write index entries.
create index on device ((coalesce(make, '')), (coalesce(model, '')), id);
create index on device ((coalesce(serial, '')), id);

-- What makes two sightings one device, strongest first; see devices/identity.ts.
create type identity_kind as enum ('serial', 'mac', 'local-mac', 'place');
create table device_identity (
  kind      identity_kind not null,
  value     text not null,
  device_id uuid not null references device on delete cascade,
  primary key (kind, value)
);
create index on device_identity (device_id);

-- A monitor's own name for a device.
create table device_alias (
  monitor_id uuid not null references monitor,
  key        text not null,
  device_id  uuid not null references device on delete cascade,
  primary key (monitor_id, key)
);
create index on device_alias (device_id);

-- Current state, from the newest reading of its section: when that was observed, its device says. Rows that a newer
-- section does not change are not written again.

create type amount_kind as enum ('some', 'unlimited'); -- beside a number; both null: unknown
create type meter_name as enum
  ('total', 'monochrome', 'color', 'highlight', 'blank', 'two-sided', 'sheets', 'since-power-on');
create type grade as enum ('A', 'B', 'C');
create type incident_severity as enum ('other', 'warning', 'critical');

create table meter (
  device_id   uuid not null references device on delete cascade,
  name        meter_name not null,
  unit        text not null,
  value       bigint not null,
  grade       grade not null,
  primary key (device_id, name)
) with (fillfactor = 70);

create table supply (
  device_id   uuid not null references device on delete cascade,
  index       text not null,
  class       text,
  type        text,
  color       text,
  description text,
  unit        text,
  capacity    bigint,
  level       bigint,
  level_kind  amount_kind,
  primary key (device_id, index)
) with (fillfactor = 70);

create table tray (
  device_id     uuid not null references device on delete cascade,
  index         text not null,
  name          text,
  media         text,
  unit          text,
  capacity      bigint,
  capacity_kind amount_kind,
  level         bigint,
  level_kind    amount_kind,
  primary key (device_id, index)
) with (fillfactor = 70);

create table incident (
  id          uuid primary key default uuidv7(),
  device_id   uuid not null references device on delete cascade,
  key         text not null,
  source      text not null,
  severity    incident_severity not null,
  code        text not null,
  "group"     text,
  description text,
  opened_at   timestamptz not null,
  closed_at   timestamptz
);
create unique index incident_open on incident (device_id, key) where closed_at is null;
create unique index incident_history on incident (device_id, opened_at desc, key);
create index on incident (opened_at desc, id desc);
create index on incident (opened_at desc, id desc) where closed_at is null;

-- Readings: append-only, from which current state can be rebuilt. Partitioned by month, see partitions.ts.
-- No unique key: received_report, written in the same transaction, keeps a reading from being stored twice.

create table asset_reading (
  device_id   uuid not null,
  observed_at timestamptz not null,
  asset       jsonb not null
) partition by range (observed_at);
create index on asset_reading (device_id, observed_at);

create table meter_reading (
  device_id   uuid not null,
  observed_at timestamptz not null,
  name        meter_name not null,
  unit        text not null,
  value       bigint not null,
  grade       grade not null
) partition by range (observed_at);
create index on meter_reading (device_id, observed_at);

create table supply_reading (
  device_id   uuid not null,
  observed_at timestamptz not null,
  index       text not null,
  capacity    bigint,
  level       bigint,
  level_kind  amount_kind
) partition by range (observed_at);
create index on supply_reading (device_id, observed_at);

create table incident_reading (
  device_id   uuid not null,
  observed_at timestamptz not null,
  incidents   jsonb not null
) partition by range (observed_at);
create index on incident_reading (device_id, observed_at);

-- What was stored or refused for good: a report that comes again changes nothing.
-- An outbox sends in order, so its numbers fold into a few ranges: one row, not one per report.
create table received_report (
  monitor_id uuid not null references monitor,
  epoch      text not null,
  sequences  int8multirange not null,
  primary key (monitor_id, epoch)
) with (fillfactor = 50);

-- That a report was refused and why, never what it said; see docs/decisions/002-rejected-reports-without-content.md.
create table rejected_report (
  id          uuid primary key default uuidv7(),
  monitor_id  uuid not null references monitor,
  epoch       text not null,
  seq         bigint not null,
  received_at timestamptz not null default now(),
  code        text not null,
  reason      text not null,
  unique (monitor_id, epoch, seq)
);
create index on rejected_report (monitor_id, id); -- by which the oldest make room

create table api_token (
  id         uuid primary key default uuidv7(),
  name       text not null,
  hash       bytea not null unique, -- SHA-256 of the token, which has 256 random bits
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);

-- Monitors' accounts, in the form of Prosody's mod_storage_sql, which reads them here.
create table prosody (
  host  text not null,
  "user" text not null,
  store text not null,
  key   text not null,
  type  text not null,
  value text not null
);
create index prosody_index on prosody (host, "user", store, key);
