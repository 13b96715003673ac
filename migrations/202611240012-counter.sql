-- reference: whose numbers the receipts of a store bear: those added by hand go under the register's own source
create table till_stores (
  store_id uuid primary key,
  receipts_source text not null check (receipts_source <> '')
);
-- contested: a receipt that was given by hand is another member's by the register's word
alter table till_alarms drop constraint till_alarms_kind_check;
alter table till_alarms add constraint till_alarms_kind_check
  check (kind in ('often', 'replayed', 'mistyped', 'contested'));
