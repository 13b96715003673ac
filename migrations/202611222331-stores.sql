-- reference: which stores a person works at; who has none works at every one
create table store_staff (
  staff_id uuid not null references staff on delete cascade,
  store_id uuid not null references stores on delete cascade,
  primary key (staff_id, store_id)
);
