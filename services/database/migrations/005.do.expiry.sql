-- Readings observed before this time were deleted because the tenant does not keep them any longer. What was derived from
-- them stays: it cannot be made again.
create table expiry (
  one    boolean primary key default true check (one),
  before timestamptz not null
);
