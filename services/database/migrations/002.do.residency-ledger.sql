-- The tenant's residency ledger: lines as the region signed them, which anyone can verify with services/ledger. Nothing in
-- it is ever changed or removed.

create table residency_ledger (
  position    bigint primary key, -- 1, 2, 3, ... in the order of arrival; a ledger may begin again at sequence 1
  sequence    bigint not null check (sequence > 0),
  at          timestamptz not null,
  verdict     text not null check (verdict in ('verified', 'violated', 'unknown')),
  previous    text not null,
  hash        text not null unique check (hash = encode(sha256(convert_to(line, 'UTF8')), 'hex')),
  key_id      text not null,
  line        text not null, -- entry and signature, to the byte
  received_at timestamptz not null default now()
);

-- The public keys that signed it, PEM.
create table residency_ledger_key (
  id          text primary key,
  public_key  text not null,
  received_at timestamptz not null default now()
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'cannot change %: it is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger append_only before update or delete or truncate on residency_ledger
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on residency_ledger_key
  for each statement execute function refuse_change();
