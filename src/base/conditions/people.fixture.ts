/**
 * A small world for the tests of conditions: people who visit and are called. It has one field of every type,
 * summaries that know some answers, and history. No noun of the product is needed to test the compiler.
 */
import pg from 'pg'
import { sql, type Sql } from '../sql.ts'
import { gatherFields, type Field, type Fields, type Past, type Table } from './fields.ts'

export interface Person {
  member_id: string
  name: string | null
  age: number | null
  score: number | null
  born: string | null
  since_on: string | null
  joined_at: Date | null
  home: string | null
  friend_id: string | null
  active: boolean | null
  labels: string[] | null
}
export interface Mark {
  member_id: string
  mark: string
  from_at: Date
  until_at: Date | null
}
export interface Item {
  kind: string | null
  minor: number
  pieces: number
}
export interface Visit {
  member_id: string
  visit_id: number
  at: Date
  place: string | null
  note: string | null
  urgent: boolean | null
  spent_minor: number
  valid: boolean
  items: Item[]
}
export interface Call {
  member_id: string
  call_on: string
  known_at: Date
  topic: string | null
}
export interface World {
  people: Person[]
  marks: Mark[]
  visits: Visit[]
  calls: Call[]
}

export const tables = `
  create table people (
    member_id uuid primary key, name text, age int, score numeric, born text, since_on date, joined_at timestamptz,
    home text, friend_id uuid, active boolean, labels text[]);
  create table marks (
    member_id uuid not null, mark text not null, from_at timestamptz not null, until_at timestamptz,
    primary key (member_id, mark, from_at));
  create table visits (
    member_id uuid not null, visit_id bigint not null, at timestamptz not null, place text, note text, urgent boolean,
    spent_minor bigint not null, valid boolean not null, primary key (member_id, visit_id));
  create index visits_time on visits (at);
  create index visits_member_time on visits (member_id, at);
  create table visit_items (
    member_id uuid not null, visit_id bigint not null, item_no int not null, kind text, minor bigint not null,
    pieces int not null, primary key (member_id, visit_id, item_no));
  create table calls (
    member_id uuid not null, call_id bigint generated always as identity, call_on date not null,
    known_at timestamptz not null, topic text, primary key (member_id, call_id));
  create table totals (
    member_id uuid primary key, visit_count int not null, spent_minor bigint not null, first_at timestamptz,
    last_at timestamptz);
  create table place_totals (
    member_id uuid not null, place text, visit_count int not null, spent_minor bigint not null, first_at timestamptz,
    last_at timestamptz);
  create index place_totals_member on place_totals (member_id, place);
  create table kind_totals (
    member_id uuid not null, kind text not null, visit_count int not null, minor bigint not null,
    pieces bigint not null, first_at timestamptz, last_at timestamptz, primary key (member_id, kind));`

/** Fills the summaries from the rows. */
export const summarize = `
  insert into totals
    select member_id, count(*), sum(spent_minor), min(at), max(at) from visits where valid group by member_id;
  insert into place_totals
    select member_id, place, count(*), sum(spent_minor), min(at), max(at)
    from visits where valid group by member_id, place;
  insert into kind_totals
    select v.member_id, i.kind, count(distinct v.visit_id), sum(i.minor), sum(i.pieces), min(v.at), max(v.at)
    from visits v join visit_items i using (member_id, visit_id) where v.valid and i.kind is not null
    group by v.member_id, i.kind;`

export const population = { from: sql`people m`, key: 'm.member_id' }

const totals: Table = { alias: 't', from: sql`totals` }

/** Visits until a past moment, as one row a member. */
function pastTotals({ now, only }: Past): Table {
  return {
    alias: 'past_totals',
    from: sql`(select v.member_id, count(*) as visit_count, max(v.at) as last_at from visits v
      where v.valid and v.at <= ${now}::timestamptz${only('v.member_id')} group by v.member_id)`,
  }
}

const marks = (alive: Sql) => ({ from: sql`marks k`, member: 'k.member_id', value: sql`k.mark`, where: alive })

export const profile: Field[] = [
  { name: 'name', type: 'text', group: 'profile', sql: sql`m.name` },
  { name: 'age', type: 'number', group: 'profile', integer: true, sql: sql`m.age` },
  { name: 'score', type: 'number', group: 'profile', sql: sql`m.score` },
  { name: 'birthday', type: 'anniversary', group: 'profile', timeless: true, sql: sql`right(m.born, 5)` },
  { name: 'since_on', type: 'day', group: 'profile', timeless: true, sql: sql`m.since_on` },
  { name: 'joined_at', type: 'instant', group: 'profile', timeless: true, sql: sql`m.joined_at` },
  {
    name: 'joined_day',
    type: 'day',
    group: 'profile',
    timeless: true,
    sql: ({ zone }) => sql`(m.joined_at at time zone ${zone}::text)::date`,
  },
  { name: 'home', type: 'choice', group: 'profile', options: ['north', 'south', 'sea'], sql: sql`m.home` },
  { name: 'friend', type: 'choice', group: 'profile', options: 'people', cast: 'uuid', sql: sql`m.friend_id` },
  { name: 'active', type: 'flag', group: 'profile', sql: sql`m.active` },
  { name: 'labels', type: 'set', group: 'profile', array: sql`m.labels` },
  {
    name: 'marks',
    type: 'set',
    group: 'profile',
    rows: marks(sql`k.until_at is null`),
    at: ({ now }) => ({
      rows: marks(sql`k.from_at <= ${now}::timestamptz and (k.until_at is null or k.until_at > ${now}::timestamptz)`),
    }),
  },
]

export const behaviour: Field[] = [
  {
    name: 'visit_count',
    type: 'number',
    group: 'visits',
    integer: true,
    table: totals,
    sql: sql`t.visit_count`,
    missing: 0,
    at: (past) => ({ table: pastTotals(past), sql: sql`past_totals.visit_count` }),
  },
  { name: 'spent', type: 'money', group: 'visits', table: totals, sql: sql`t.spent_minor`, missing: 0 },
  {
    name: 'last_visit_at',
    type: 'instant',
    group: 'visits',
    table: totals,
    sql: sql`t.last_at`,
    at: (past) => ({ table: pastTotals(past), sql: sql`past_totals.last_at` }),
  },
  {
    name: 'visits',
    type: 'behaviour',
    group: 'visits',
    rows: sql`visits v`,
    member: 'v.member_id',
    at: 'v.at',
    counts: sql`v.valid`,
    joins: {
      items: { sql: sql`join visit_items i on i.member_id = v.member_id and i.visit_id = v.visit_id`, many: true },
    },
    measures: {
      count: { type: 'number', sql: sql`count(*)`, over: { items: sql`count(distinct v.visit_id)` } },
      sum: { type: 'money', sql: sql`sum(v.spent_minor)`, over: { items: sql`sum(i.minor)` } },
      pieces: { type: 'number', sql: sql`sum(i.pieces)`, needs: ['items'] },
      average: { type: 'money', sql: sql`avg(v.spent_minor)`, over: { items: sql`avg(i.minor)` }, empty: null },
    },
    filters: [
      { name: 'place', type: 'choice', options: ['north', 'south', 'sea'], sql: sql`v.place` },
      { name: 'note', type: 'text', sql: sql`v.note` },
      { name: 'urgent', type: 'flag', sql: sql`v.urgent` },
      { name: 'kind', type: 'choice', options: ['tea', 'cake', 'cup'], sql: sql`i.kind`, needs: ['items'] },
      { name: 'item_pieces', type: 'number', sql: sql`i.pieces`, needs: ['items'] },
    ],
    summaries: [
      {
        table: totals,
        measures: { count: sql`t.visit_count`, sum: sql`t.spent_minor` },
        first: sql`t.first_at`,
        last: sql`t.last_at`,
      },
      {
        rows: { from: sql`place_totals p`, member: 'p.member_id' },
        measures: { count: sql`p.visit_count`, sum: sql`p.spent_minor` },
        first: sql`p.first_at`,
        last: sql`p.last_at`,
        filters: { place: { sql: sql`p.place`, holds_unknown: true } },
      },
      {
        rows: { from: sql`kind_totals c`, member: 'c.member_id' },
        measures: { count: sql`c.visit_count`, sum: sql`c.minor`, pieces: sql`c.pieces` },
        first: sql`c.first_at`,
        last: sql`c.last_at`,
        filters: { kind: { sql: sql`c.kind`, adds: ['sum', 'pieces'] } },
      },
    ],
  },
  {
    name: 'calls',
    type: 'behaviour',
    group: 'calls',
    rows: sql`calls c`,
    member: 'c.member_id',
    at: 'c.call_on',
    at_type: 'day',
    known_at: 'c.known_at',
    measures: { count: { type: 'number', sql: sql`count(*)` } },
    filters: [{ name: 'topic', type: 'choice', options: ['news', 'help'], sql: sql`c.topic` }],
  },
]

export const fields: Fields = gatherFields([profile, behaviour])

/** Puts a world into the tables. */
export async function fill(url: string, world: World): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  const insert = (table: string, rows: readonly object[]) =>
    client.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`, [
      JSON.stringify(rows),
    ])
  try {
    await client.query(tables)
    await insert('people', world.people)
    await insert('marks', world.marks)
    await insert('visits', world.visits)
    await insert(
      'visit_items',
      world.visits.flatMap(({ member_id, visit_id, items }) =>
        items.map((item, index) => ({ member_id, visit_id, item_no: index + 1, ...item })),
      ),
    )
    await client.query(
      `insert into calls (member_id, call_on, known_at, topic)
       select member_id, call_on, known_at, topic from jsonb_populate_recordset(null::calls, $1::jsonb)`,
      [JSON.stringify(world.calls)],
    )
    await client.query(summarize)
  } finally {
    await client.end()
  }
}
