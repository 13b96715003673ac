-- whose birthday is on a day: the whole date too, for those whose day goes by the lunar calendar
create index members_birthday on members (right(birth_date, 5), birth_date) where birth_date is not null;
create index members_joined on members (joined_at) where joined_at is not null;
-- member-owned: days of one's own, one a name: a wedding, the birthday of a child
create table member_days (
  member_id uuid not null,
  name text not null,
  calendar text not null check (calendar in ('solar', 'lunar')),
  -- YYYY-MM-DD, or --MM-DD without the year; by the lunar calendar always without
  day text not null check (day ~ '^(\d{4}|-)-\d{2}-\d{2}$' and (calendar = 'solar' or day like '--%')),
  created_at timestamptz not null,
  primary key (member_id, name)
);
create index member_days_day on member_days (name, calendar, right(day, 5));
