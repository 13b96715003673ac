-- What we say to members: texts, waves of messages, one row for each message, and what became of it.

-- reference: a text in several languages; its words lie in versions
create table templates (
  template_id uuid primary key default uuidv7(),
  name text not null,
  medium text not null check (medium in ('email', 'sms')),
  -- marketing needs a granted consent; service (receipts, reminders somebody asked for) only stops at a withdrawn one
  purpose text not null check (purpose in ('marketing', 'service')),
  version int not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz
);
-- reference: never edited, so that what was sent can be read again
create table template_versions (
  template_id uuid not null references templates,
  version int not null,
  languages jsonb not null,
  actor text not null,
  created_at timestamptz not null,
  primary key (template_id, version)
);
-- reference: the links of a version that are counted; the only addresses that /l/:code leads to
create table template_links (
  template_id uuid not null,
  version int not null,
  link_no int not null check (link_no > 0),
  url text not null,
  primary key (template_id, version, link_no),
  foreign key (template_id, version) references template_versions
);

-- reference: one wave of messages: a campaign's mailing, a journey's step
create table sends (
  send_id uuid primary key default uuidv7(),
  -- whose wave it is: 'campaign' and its id, 'journey' and its version
  origin text not null,
  origin_id text not null,
  step text not null,
  template_id uuid not null,
  template_version int not null,
  medium text not null,
  purpose text not null,
  channel text not null,
  status text not null check (status in ('open', 'paused', 'cancelled')),
  -- links in its messages start with it
  base_url text not null,
  -- snapshot of what a thousand messages cost there, so that a later price does not rewrite a report
  cost_per_thousand_minor float8 not null default 0,
  last_batch_no int not null default 0,
  -- why the channel takes nothing at the moment: {code, detail, at, again_at}
  trouble jsonb,
  status_at timestamptz not null,
  created_at timestamptz not null,
  actor text not null,
  unique (origin, origin_id, step)
);

-- member-owned: one message to one member. The primary key is the send key: written before any provider is called, it
-- is what keeps a message from going out twice (pain 12). Refused ones have a row too, with their reason.
create table messages (
  member_id uuid not null,
  send_id uuid not null,
  -- '' once in a wave; a journey writes which entry it is
  occurrence text not null default '',
  message_id bigint not null generated always as identity,
  -- null: refused when it was queued
  batch_no int,
  status text not null check (status in ('waiting', 'sending', 'listed', 'accepted', 'uncertain', 'delivered',
    'bounced', 'refused', 'failed', 'cancelled')),
  -- why it is refused, failed, uncertain, bounced or waits for another try
  reason text,
  language text,
  attempts smallint not null default 0,
  retry_at timestamptz,
  provider_id text,
  queued_at timestamptz not null,
  sent_at timestamptz,
  delivered_at timestamptz,
  bounced_at timestamptz,
  -- the first by a person; machines only leave a row in message_touches
  opened_at timestamptz,
  clicked_at timestamptz,
  unsubscribed_at timestamptz,
  complained_at timestamptz,
  primary key (member_id, send_id, occurrence),
  check (batch_no is not null or status = 'refused')
-- a message changes its state three to five times and none of those columns is indexed: room on the page keeps the
-- new row versions beside the old ones (HOT) and the indexes untouched
) with (fillfactor = 60);
create index messages_id on messages (message_id);
create index messages_batch on messages (send_id, batch_no);

-- local: what workers claim; some hundred messages each
create table message_batches (
  send_id uuid not null references sends,
  batch_no int not null,
  size int not null,
  status text not null check (status in ('waiting', 'sending', 'done')),
  -- not before; later when its messages are to be tried again
  run_at timestamptz not null,
  -- what has not left by then stays (pain 14)
  not_after timestamptz not null,
  worker text,
  heartbeat_at timestamptz,
  primary key (send_id, batch_no)
);
create index message_batches_due on message_batches (run_at, send_id, batch_no) where status = 'waiting';
create index message_batches_claimed on message_batches (heartbeat_at) where status = 'sending';

-- local: processes that send, and when each was last seen
create table message_workers (
  worker text primary key,
  seen_at timestamptz not null
);

-- member-owned, personal: where it went and what it said; erased with the member
create table message_bodies (
  member_id uuid not null,
  message_id bigint not null,
  address text not null,
  subject text,
  html text,
  text text,
  -- the list for a vendor that took it (file channel)
  list_id uuid,
  primary key (member_id, message_id)
);

-- member-owned: opens, clicks and unsubscribing, each with the verdict who did it
create table message_touches (
  member_id uuid not null,
  message_id bigint not null,
  touch_id bigint not null generated always as identity,
  kind text not null check (kind in ('open', 'click', 'unsubscribe')),
  link_no int,
  at timestamptz not null,
  verdict text not null check (verdict in ('human', 'machine')),
  -- the rule that decided
  reason text not null,
  user_agent text,
  primary key (member_id, message_id, touch_id)
);

-- member-owned: what providers reported about a message; never edited
create table message_receipts (
  member_id uuid not null,
  message_id bigint not null,
  receipt_id bigint not null generated always as identity,
  kind text not null check (kind in ('delivered', 'deferred', 'bounced', 'complained', 'unsubscribed')),
  -- of a bounce: hard (the address is dead) or soft
  class text check (class in ('hard', 'soft')),
  -- the enhanced status code or the vendor's word
  code text,
  detail text,
  at timestamptz not null,
  recorded_at timestamptz not null,
  -- hash of what the receipt says: the same report twice is one receipt
  receipt_key text not null,
  primary key (member_id, message_id, receipt_key)
);

-- reference: a list of messages handed to a vendor as a file
create table message_lists (
  list_id uuid primary key default uuidv7(),
  send_id uuid not null,
  list_no int not null,
  row_count int not null,
  -- members who withdrew between listing and download
  left_out int not null,
  created_at timestamptz not null,
  actor text not null,
  unique (send_id, list_no)
);

-- local: a text sent to a colleague, with one member's values in it
create table message_tests (
  test_id uuid primary key default uuidv7(),
  template_id uuid not null,
  template_version int not null,
  language text not null,
  member_id uuid not null,
  channel text not null,
  address text not null,
  base_url text not null,
  status text not null check (status in ('waiting', 'sending', 'accepted', 'uncertain', 'refused', 'failed')),
  detail text,
  subject text,
  html text,
  text text,
  created_at timestamptz not null,
  actor text not null
);
create index message_tests_member on message_tests (member_id);

-- reference: how each channel is reached; secrets are never given back
create table channel_settings (
  channel text primary key,
  settings jsonb not null,
  secrets jsonb not null default '{}',
  updated_at timestamptz not null,
  actor text not null
);
-- local: what signs the codes in links; one for ever
create table message_secret (
  one boolean primary key default true check (one),
  secret bytea not null
);
