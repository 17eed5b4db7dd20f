-- One-time codes by which monitors get an account: see docs/decisions/019-enrolment.md.
create table enrolment_code (
  id            uuid primary key default uuidv7(),
  site_id       uuid not null references site,
  hash          bytea not null unique, -- SHA-256 of the code, which has 140 random bits
  created_at    timestamptz not null default now(),
  created_by    uuid references api_token, -- null: it was made without one
  expires_at    timestamptz not null,
  used_at       timestamptz,
  monitor_id    uuid references monitor, -- that has used it
  password_hash bytea, -- SHA-256 of the password that came with it, which has 256 random bits: by it the same monitor is known
  check (num_nonnulls(used_at, monitor_id, password_hash) in (0, 3))
);

-- Trades a code for a monitor with an account, all or nothing, and only once: of two who come at once the second waits for
-- the first. Whoever has used it may ask again for a week, with the same password: it changes nothing, and serves those who
-- never got the answer. With this function the API makes accounts without reading or changing any.
create function enrol(
  code_hash bytea, password_hash bytea, new_name text, xmpp_host text,
  salt text, iterations integer, stored_key text, server_key text,
  out outcome text, out monitor text, out site text -- site: its key; outcome: enrolled, or why not
) language plpgsql security definer set search_path = public, pg_temp as $$
declare
  code enrolment_code;
begin
  select * into code from enrolment_code c where c.hash = code_hash for update;
  if not found then
    outcome := 'unknown';
    return;
  end if;
  if code.used_at is null then
    if code.expires_at <= now() then
      outcome := 'expired';
      return;
    end if;
    insert into monitor (name, site_id) values (new_name, code.site_id) returning id into code.monitor_id;
    insert into prosody (host, "user", store, key, type, value) values
      (xmpp_host, new_name, 'accounts', 'salt', 'string', salt),
      (xmpp_host, new_name, 'accounts', 'iteration_count', 'number', iterations::text),
      (xmpp_host, new_name, 'accounts', 'stored_key', 'string', stored_key),
      (xmpp_host, new_name, 'accounts', 'server_key', 'string', server_key);
    update enrolment_code c
      set used_at = now(), monitor_id = code.monitor_id, password_hash = enrol.password_hash
      where c.id = code.id;
  elsif code.password_hash <> enrol.password_hash or code.used_at <= now() - interval '7 days' then
    outcome := 'used';
    return;
  end if;
  outcome := 'enrolled';
  select m.name, coalesce(s.key, s.id::text) into monitor, site
    from monitor m join site s on s.id = m.site_id where m.id = code.monitor_id;
end $$;

revoke execute on function enrol from public;
