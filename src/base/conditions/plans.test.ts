/** What the planner makes of our SQL on 300,000 visits of 30,000 people. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts'
import { openDb, type Db } from '../db.ts'
import { compileCondition, countOf, idsOf, matchOf, type Compiled } from './compile.ts'
import { parseCondition } from './parse.ts'
import { behaviour, fields, population, profile, summarize, tables } from './people.fixture.ts'
import { gatherFields, type Field, type Fields } from './fields.ts'
import { sql, type Sql } from '../sql.ts'

let database: TestDatabase
let db: Db

beforeAll(async () => {
  database = await createTestDatabase()
  const client = new pg.Client(database.url)
  await client.connect()
  await client.query(tables)
  await client.query(`
    insert into people (member_id, name, age, home)
      select uuid(lpad(n::text, 32, '0')), 'p' || n, n % 90, (array['north', 'south', 'sea'])[1 + n % 3]
      from generate_series(1, 30000) n;
    insert into visits (member_id, visit_id, at, place, spent_minor, valid)
      select uuid(lpad((1 + n % 27000)::text, 32, '0')), n, timestamptz '2025-03-01' - n * interval '3 minutes',
        (array['north', 'south', 'sea'])[1 + n % 3], n % 1000, true
      from generate_series(1, 300000) n;
    insert into visit_items (member_id, visit_id, item_no, kind, minor, pieces)
      select member_id, visit_id, 1, (array['tea', 'cake', 'cup'])[1 + visit_id % 3], spent_minor, 1 from visits;
    ${summarize};`)
  await client.query('vacuum analyze')
  await client.end()
  db = openDb(database.url)
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

interface Node {
  'Node Type': string
  'Relation Name'?: string
  'Join Type'?: string
  Plans?: Node[]
}

/** The nodes of a plan, as `Node Type relation` or `Node Type (Join Type)`. */
async function planOf(statement: Sql): Promise<string[]> {
  const explain = sql`explain (format json) ${statement}`
  const [row] = await db.rows<{ 'QUERY PLAN': [{ Plan: Node }] }>(explain, { prepare: false })
  const walk = (node: Node): string[] => [
    `${node['Node Type']} ${node['Relation Name'] ?? (node['Join Type'] ? `(${node['Join Type']})` : '')}`.trim(),
    ...(node.Plans ?? []).flatMap(walk),
  ]
  return walk(row!['QUERY PLAN'][0].Plan)
}

function compile(rules: unknown[], o: { combinator?: string; fields?: Fields } = {}): Compiled {
  const known = o.fields ?? fields
  const condition = parseCondition({ combinator: o.combinator ?? 'and', rules }, known)
  return compileCondition(condition, {
    fields: known,
    population,
    now: new Date('2025-03-01T00:00:00Z'),
    zone: 'UTC',
    reading: 'now',
  })
}

const visits = (operator: string, value: number, more = {}) => ({ field: 'visits', operator, value, ...more })
const last = (days: number) => ({ within: { last: days, unit: 'day' } })
const place = { where: [{ field: 'place', operator: 'equals', value: 'sea' }] }
const kind = { where: [{ field: 'kind', operator: 'in', value: ['tea'] }] }

test.each<[string, unknown[]]>([
  ['a count', [{ field: 'visit_count', operator: 'at_least', value: 5 }]],
  [
    'a sum, and the day of the last visit',
    [
      { field: 'spent', operator: 'more_than', value: 3000 },
      { field: 'last_visit_at', operator: 'before', value: { today: -60 } },
    ],
  ],
  ['how often ever', [visits('at_least', 3)]],
  ['how much ever', [visits('at_most', 900, { measure: 'sum' })]],
  ['never', [visits('at_most', 0)]],
  ['at all within a window that reaches today', [visits('at_least', 1, last(90))]],
  ['not since', [visits('at_most', 0, last(30)), visits('at_least', 2)]],
  ['at all before a day', [visits('at_least', 1, { within: { to: '2024-12-31' } })]],
  ['how often ever at one place', [visits('at_least', 2, place)]],
  ['how often ever with one kind', [visits('at_least', 2, kind)]],
  ['never with that kind', [visits('at_most', 0, kind)]],
  ['not of that kind since', [visits('at_most', 0, { ...kind, ...last(60) })]],
])('statistics answer %s: the rows are left alone', async (_name, rules) => {
  const compiled = compile(rules)
  expect(compiled.explain.map(({ answered_by }) => answered_by)).not.toContain('rows')
  for (const plan of [await planOf(countOf(compiled)), await planOf(countOf(compile(rules, { combinator: 'or' })))]) {
    expect(plan.join('; ')).not.toMatch(/ visits| visit_items/)
  }
})

test.each<[string, unknown[]]>([
  ['a count in a window', [visits('at_least', 2, last(90))]],
  [
    'a window that ended before today',
    [visits('at_least', 1, { within: { last: 90, unit: 'day', except_last: 30 } })],
  ],
  [
    'how often with one of two kinds (an item of each may be of one visit)',
    [visits('at_least', 2, { where: [{ field: 'kind', operator: 'in', value: ['tea', 'cake'] }] })],
  ],
  [
    'how often with any other kind (the unknown are not in the statistics)',
    [visits('at_least', 1, { where: [{ field: 'kind', operator: 'not_equals', value: 'tea' }] })],
  ],
  ['an average', [visits('at_least', 5, { measure: 'average' })]],
])('statistics do not claim to know %s', (_name, rules) => {
  expect(compile(rules).explain.map(({ answered_by }) => answered_by)).toEqual(['rows'])
})

/** The same fields without statistics, so that every question goes to the rows. */
const bare = gatherFields([
  profile,
  behaviour.map((field): Field => (field.type === 'behaviour' ? { ...field, summaries: [] } : field)),
])

test('"did in a window" is a semi join, "did not" an anti join', async () => {
  const did = (await planOf(countOf(compile([visits('at_least', 1, last(400))], { fields: bare })))).join('; ')
  expect(did).toMatch(/\(Semi\)|Aggregate.*\(Inner\)|\(Inner\).*Aggregate/)
  expect(did).not.toMatch(/SubPlan/)
  const not = (await planOf(countOf(compile([visits('at_most', 0, last(400))], { fields: bare })))).join('; ')
  expect(not).toMatch(/\((Right )?Anti\)/)
})

test('below "or" the rows are read once, not once a member', async () => {
  const compiled = compile(
    [
      visits('at_least', 1, last(400)),
      visits('at_least', 3, { ...place, ...last(400) }),
      { field: 'age', operator: 'at_least', value: 80 },
    ],
    { combinator: 'or', fields: bare },
  )
  const plan = await planOf(countOf(compiled))
  expect(plan.filter((node) => /Scan.* visits/.test(node))).toHaveLength(2)
  const [explained] = await db.rows<{ 'QUERY PLAN': unknown }>(sql`explain (format json) ${countOf(compiled)}`, {
    prepare: false,
  })
  expect(JSON.stringify(explained)).not.toContain('SubPlan')
})

test('a short window is read by the index of time', async () => {
  for (const rule of [
    visits('at_least', 2, last(3)),
    visits('at_least', 1, last(3)),
    visits('at_most', 0, last(3)),
  ]) {
    const plan = (await planOf(countOf(compile([rule], { fields: bare })))).join('; ')
    expect(plan).not.toContain('Seq Scan visits')
  }
})

test('two measures of the same rows read them once', async () => {
  const compiled = compile([
    visits('at_least', 2, last(90)),
    visits('at_least', 100, { measure: 'sum', ...last(90) }),
  ])
  expect((await planOf(countOf(compiled))).filter((node) => node.endsWith(' visits'))).toHaveLength(1)
})

test('asking about one member, or fifty, touches only their rows', async () => {
  const ids = Array.from({ length: 50 }, (_, index) => String(index + 1).padStart(32, '0'))
  const rules = [
    visits('at_least', 2, last(400)),
    visits('at_least', 1, { ...kind, ...last(400) }),
    visits('at_most', 0, { ...place, ...last(9) }),
    { field: 'visit_count', operator: 'at_least', value: 1 },
    { field: 'marks', operator: 'has_none', value: ['x'] },
  ]
  for (const combinator of ['and', 'or']) {
    const compiled = compile(rules, { combinator, fields: bare })
    for (const some of [ids.slice(0, 1), ids]) {
      const plan = (await planOf(matchOf(compiled, some))).join('; ')
      expect(plan).not.toMatch(/Seq Scan (visits|visit_items|totals|people)/)
    }
  }
})

test('a condition on statistics takes no longer than the same SQL written by hand', async () => {
  const compiled = compile([
    visits('at_least', 3),
    visits('at_most', 0, last(60)),
    { field: 'home', operator: 'equals', value: 'sea' },
  ])
  const byHand = sql`select m.member_id from people m join totals t using (member_id)
    where m.home = 'sea' and t.visit_count >= 3 and t.last_at < timestamptz '2025-01-01'`
  const ids = async (statement: Sql) =>
    (await db.rows<{ member_id: string }>(statement)).map(({ member_id }) => member_id).sort()
  expect(await ids(idsOf(compiled))).toEqual(await ids(byHand))
  const cost = async (statement: Sql) => {
    const [row] = await db.rows<{ 'QUERY PLAN': [{ Plan: { 'Total Cost': number } }] }>(
      sql`explain (format json) ${statement}`,
    )
    return row!['QUERY PLAN'][0].Plan['Total Cost']
  }
  expect(await cost(idsOf(compiled))).toBeLessThan(1.1 * (await cost(byHand)))
})
