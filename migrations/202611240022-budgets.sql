--! breaking
-- What is promised and spent is kept to four decimals of a minor unit, as gifts cost it; people put in whole units.
alter table budgets
  alter column reserved_minor type numeric(20, 4),
  alter column spent_minor type numeric(20, 4);
alter table budget_entries
  alter column reserved_minor type numeric(20, 4),
  alter column spent_minor type numeric(20, 4);
