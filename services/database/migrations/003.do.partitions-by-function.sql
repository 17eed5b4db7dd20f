-- Only the owner of a table can make its partitions. With this function the ingest makes them without owning anything.

create function make_partition(parent text, month date) returns void
  language plpgsql security definer set search_path from current as $$
declare
  bound constant text := 'YYYY-MM-DD" 00:00:00Z"';
begin
  if parent not in ('asset_reading', 'meter_reading', 'supply_reading', 'incident_reading')
    or month <> date_trunc('month', month)
  then
    raise exception 'cannot make a partition of % for %: give a table of readings and the first day of a month', parent, month
      using errcode = 'invalid_parameter_value';
  end if;
  execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
    parent || to_char(month, '_YYYY_MM'), parent, to_char(month, bound), to_char(month + interval '1 month', bound));
end $$;

revoke execute on function make_partition from public;
