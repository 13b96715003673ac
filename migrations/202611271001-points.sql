-- a version that has not begun may be called off; its row stays, and it never holds
alter table point_rules add column called_off_at timestamptz, add column called_off_by text,
  add check ((called_off_at is null) = (called_off_by is null)), add check (called_off_at < effective_from);
alter table point_spend_rules add column called_off_at timestamptz, add column called_off_by text,
  add check ((called_off_at is null) = (called_off_by is null)), add check (called_off_at < effective_from);
alter table point_transfer_rules add column called_off_at timestamptz, add column called_off_by text,
  add check ((called_off_at is null) = (called_off_by is null)), add check (called_off_at < effective_from);
alter table point_pool_rules add column called_off_at timestamptz, add column called_off_by text,
  add check ((called_off_at is null) = (called_off_by is null)), add check (called_off_at < effective_from);
