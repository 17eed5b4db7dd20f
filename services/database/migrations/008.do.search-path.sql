-- A search_path that does not name pg_temp has it first: whoever calls the function with its owner's rights could put a table of
-- their own in the place of one of ours.
alter function make_partition(text, date) set search_path = public, pg_temp;
