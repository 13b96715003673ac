-- local: one file brought in
create table imports (
  import_id uuid primary key default uuidv7(),
  kind text not null check (kind in ('orders', 'members')),
  -- checking: a dry run is under way
  status text not null check (status in ('uploaded', 'checking', 'running', 'done', 'cancelled', 'failed')),
  -- how far a run or a dry run is
  stage text check (stage in ('waiting', 'reading', 'sorting', 'booking', 'finishing')),
  file_name text not null,
  -- null once the file has been removed
  file_path text,
  -- the copy in the data folder, removed with the import; else the file lies where its owner keeps it
  is_upload boolean not null,
  file_sha256 text not null,
  file_bytes bigint not null,
  source text not null,
  preset text,
  encoding text not null,
  -- what was seen when it came: header, sample rows, encodings that might be meant, the guess
  inspection jsonb not null,
  mapping jsonb not null,
  -- the day of opening points that bring no day of their own; null: the day of the import
  points_as_of date,
  counts jsonb not null default '{}',
  -- counts of the last dry run
  dry_run jsonb,
  progress jsonb not null default '{}',
  error jsonb,
  -- the staged rows are whole
  is_staged boolean not null default false,
  -- of each lane: how many chunks, the next to book, rows and counts so far; booked with the chunk it tells of
  lanes jsonb not null default '[]',
  -- how finely it was cut: cut again after a crash, the chunks are the same
  chunk_weight int,
  -- who works on it: every write of a run repeats this claim, so that a run taken over writes nothing more
  runner uuid,
  -- the name of its connections, where our processes name theirs: whose connections are gone is dead
  runner_name text,
  heartbeat_at timestamptz,
  actor text not null,
  actor_name text not null,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz
);
create index imports_open on imports (heartbeat_at) where status in ('checking', 'running');
create index imports_file on imports (file_sha256);

-- local: the rows of a file as they were read, those of one order (or person) that stand together in one piece. Unlogged:
-- half the cost, and what a crash of the server loses is read again from the file, with the same numbers.
create unlogged table import_pieces (
  import_id uuid not null,
  -- the number of its first row in the file
  piece_no bigint not null,
  -- what the rows of one order share; of members source is empty and source_id their first identity
  source text collate "C" not null,
  source_id text collate "C" not null,
  -- the first identity of who bought, and all of them where the file knows several
  person text collate "C",
  identities text[],
  occurred_at timestamptz,
  is_sale boolean not null,
  -- a row of it could not be read
  is_torn boolean not null,
  rows int not null,
  payload text not null,
  primary key (import_id, piece_no)
);
-- compressing costs more than it saves: pieces live for minutes
alter table import_pieces alter column payload set storage external;
alter table import_pieces alter column payload set statistics 0;

-- local: the order in which pieces are booked. All of one order are one document, all of one person one after the other in
-- one lane; lanes are booked beside each other.
create unlogged table import_plan (
  import_id uuid not null,
  lane int not null,
  chunk_no int not null,
  document_no int not null,
  piece_no bigint not null,
  is_too_long boolean not null,
  primary key (import_id, lane, chunk_no, document_no, piece_no)
);

-- local: what the file sells and where, with the first name and category it gives: made before anything is booked, so that
-- lanes need not wait for each other's new products and the first name in the file holds
create unlogged table import_things (
  import_id uuid not null,
  kind text not null check (kind in ('product', 'store')),
  code text not null,
  name text,
  category text,
  row_no bigint not null
);
create index import_things_import on import_things (import_id);

-- local: what is to be said of a row: refused, mended, noted; one line a row, phase and outcome
create table import_results (
  import_id uuid not null references imports on delete cascade,
  row_no bigint not null,
  phase text not null check (phase in ('reading', 'booking')),
  outcome text not null check (outcome in ('refused', 'repaired', 'noted')),
  -- the first of the reasons
  code text not null,
  -- all of them: code, column, value, params
  details jsonb not null,
  primary key (import_id, row_no, phase, outcome)
);
