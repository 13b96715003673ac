-- What was spent on a gift that was taken back unused comes back to its envelope, once.
alter table budget_entries drop constraint budget_entries_kind_check;
alter table budget_entries add constraint budget_entries_kind_check
  check (kind in ('reserve', 'settle', 'release', 'refund'));
create unique index budget_entries_refunded on budget_entries (member_id, budget_id, source, source_id)
  where kind = 'refund';
