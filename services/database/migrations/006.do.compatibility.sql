-- The oldest version of the schema whose code can use this one. A migration that older code cannot live with raises it to
-- its own number; one that only adds leaves it as it is. See docs/database.md, "Reverting".
create table schema_compatibility (
  one    boolean primary key default true check (one),
  oldest int not null check (oldest >= 1)
);
insert into schema_compatibility (oldest) values (6);
