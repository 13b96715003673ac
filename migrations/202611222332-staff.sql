-- a store's manager: what a clerk may, and to answer for clerks
alter table staff drop constraint staff_role_check;
alter table staff add constraint staff_role_check
  check (role in ('owner', 'marketer', 'analyst', 'manager', 'clerk', 'developer'));
