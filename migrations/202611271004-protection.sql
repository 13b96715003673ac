-- a version that has not begun may be called off; its row stays, and it never holds
alter table protection_rules add column called_off_at timestamptz, add column called_off_by text,
  add check ((called_off_at is null) = (called_off_by is null)), add check (called_off_at < effective_from);
