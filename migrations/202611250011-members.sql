-- where staff removed an unseemly picture, only that they did stays, until the member puts another
alter table member_pictures
  alter column type drop not null,
  alter column image drop not null,
  alter column hash drop not null,
  add column taken_away_at timestamptz,
  add check ((taken_away_at is null) = (image is not null)),
  add check (num_nulls(type, image, hash) in (0, 3));
