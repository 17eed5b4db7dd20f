-- Sites come from a list in which each has a lasting key and a name that may change, and that two of them may share.

alter table site add column key text unique check (length(key) between 1 and 255); -- null: it was in no list
alter table site add column listed boolean not null default true; -- false: the list does not name it any more
update site set key = name;
alter table site drop constraint site_name_key;
create index on site (name, id);
