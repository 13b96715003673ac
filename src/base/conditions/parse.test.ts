import { expect, test } from 'vitest'
import { AppError } from '../errors.ts'
import { fieldCatalogue } from './catalogue.ts'
import { gatherFields, type Field } from './fields.ts'
import { parseCondition } from './parse.ts'
import { behaviour, fields, profile } from './people.fixture.ts'
import { sql } from '../sql.ts'

/** The faults as `pointer code`. */
function faultsOf(json: unknown): string[] {
  try {
    parseCondition(json, fields)
    return []
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    expect([thrown.code, thrown.status]).toEqual(['condition.invalid', 422])
    return thrown.errors.map(({ pointer, code }) => `${pointer} ${code}`)
  }
}

const and = (...rules: unknown[]) => ({ combinator: 'and', rules })

test('a condition from the builder is read, its ids dropped and its defaults filled in', () => {
  const json = {
    id: 'g1',
    combinator: 'or',
    rules: [
      { id: 'r1', field: 'home', operator: 'equals', value: 'sea', valueSource: 'value' },
      { combinator: 'and', not: true, rules: [{ field: 'name', operator: 'is_known', value: '' }] },
      { field: 'visits', operator: 'at_least', value: 2, within: { last: 90, unit: 'day' } },
      { field: 'since_on', operator: 'before', value: { today: -30 } },
    ],
  }
  const condition = parseCondition(json, fields)
  expect(condition).toEqual({
    combinator: 'or',
    not: false,
    rules: [
      { field: 'home', operator: 'equals', value: 'sea' },
      { combinator: 'and', not: true, rules: [{ field: 'name', operator: 'is_known', value: null }] },
      { field: 'visits', operator: 'at_least', value: 2, measure: 'count', within: { last: 90, unit: 'day' } },
      { field: 'since_on', operator: 'before', value: { today: -30, unit: 'day' } },
    ],
  })
  expect(parseCondition(JSON.parse(JSON.stringify(condition)), fields)).toEqual(condition)
})

test('all faults are named at once, each with its place', () => {
  expect(
    faultsOf(
      and(
        { field: 'shoe_size', operator: 'equals', value: 1 },
        { field: 'age', operator: 'contains', value: 1 },
        {
          field: 'visits',
          operator: 'at_least',
          value: -1,
          witin: { last: 9, unit: 'day' },
          where: [
            { field: 'place', operator: 'equals', value: 'moon' },
            { field: 'age', operator: 'equals', value: 1 },
          ],
        },
        { combinator: 'xor', rules: [{ field: 'age', operator: 'equals', value: '7' }] },
      ),
    ),
  ).toEqual([
    '/rules/0/field condition.field_unknown',
    '/rules/1/operator condition.operator_unknown',
    '/rules/2/witin condition.key_unknown',
    '/rules/2/where/0/value condition.option_unknown',
    '/rules/2/where/1/field condition.filter_unknown',
    '/rules/2/value condition.number_out_of_range',
    '/rules/3/combinator condition.combinator_unknown',
    '/rules/3/rules/0/value condition.value_wrong',
  ])
})

const uuid = '0190aaaa-0000-7000-8000-000000000001'
const rule = (field: string, operator: string, value?: unknown, more = {}) => and({ field, operator, value, ...more })
const window = (within: unknown) => rule('visits', 'at_least', 1, { within })

test.each<[string, unknown, string | undefined]>([
  ['nothing', null, ' condition.shape'],
  ['a list', [], ' condition.shape'],
  ['a rule at the root', { field: 'age', operator: 'equals', value: 1 }, '/field condition.key_unknown'],
  ['rules that are no list', { combinator: 'and', rules: {} }, '/rules condition.shape'],
  [
    'combinators between the rules',
    { combinator: 'and', rules: [{ field: 'age', operator: 'is_known' }, 'or'] },
    '/rules/1 condition.shape',
  ],
  ['an empty root', and(), undefined],
  ['an empty group further down', and({ combinator: 'or', rules: [] }), '/rules/0 condition.group_empty'],
  ['not that is no flag', { combinator: 'and', not: 'yes', rules: [] }, '/not condition.value_wrong'],
  [
    'a comparison with another field',
    rule('age', 'equals', 'score', { valueSource: 'field' }),
    '/rules/0/valueSource condition.value_wrong',
  ],
  [
    'a window on a value',
    rule('age', 'equals', 3, { within: { last: 3, unit: 'day' } }),
    '/rules/0/within condition.key_unknown',
  ],
  ['half a person', rule('age', 'equals', 3.5), '/rules/0/value condition.value_wrong'],
  ['a fraction where it makes sense', rule('score', 'equals', 3.5), undefined],
  ['infinity', rule('score', 'equals', Infinity), '/rules/0/value condition.value_wrong'],
  ['a number beyond exactness', rule('spent', 'equals', 2 ** 60), '/rules/0/value condition.number_out_of_range'],
  ['a reversed range', rule('age', 'between', [9, 3]), '/rules/0/value condition.range_reversed'],
  ['a range of three', rule('age', 'between', [1, 2, 3]), '/rules/0/value condition.value_wrong'],
  ['an empty list', rule('home', 'in', []), '/rules/0/value condition.list_empty'],
  ['a list too long', rule('name', 'in', Array(1001).fill('a')), '/rules/0/value condition.list_too_long'],
  ['one wrong item', rule('home', 'in', ['sea', 'moon']), '/rules/0/value/1 condition.option_unknown'],
  ['a text too long', rule('name', 'contains', 'a'.repeat(201)), '/rules/0/value condition.text_too_long'],
  ['a NUL', rule('name', 'contains', 'a\0'), '/rules/0/value condition.value_wrong'],
  ['an id', rule('friend', 'equals', uuid), undefined],
  ['an id that is none', rule('friend', 'equals', '7'), '/rules/0/value condition.value_wrong'],
  ['a day that is none', rule('since_on', 'on', '2025-02-29'), '/rules/0/value condition.day_invalid'],
  ['a day far away', rule('since_on', 'on', { today: 99999 }), '/rules/0/value/today condition.number_out_of_range'],
  [
    'a day in a strange unit',
    rule('since_on', 'on', { today: 1, unit: 'moon' }),
    '/rules/0/value/unit condition.day_invalid',
  ],
  ['a thirteenth month', rule('birthday', 'month_in', [12, 13]), '/rules/0/value/1 condition.number_out_of_range'],
  [
    'an open window on an anniversary',
    rule('birthday', 'within', { from: '2025-01-01' }),
    '/rules/0/value condition.window_invalid',
  ],
  ['no window', window({}), '/rules/0/within condition.window_invalid'],
  ['a window without unit', window({ last: 3 }), '/rules/0/within/unit condition.window_invalid'],
  ['a window of no days', window({ last: 0, unit: 'day' }), '/rules/0/within/last condition.number_out_of_range'],
  [
    'more left out than there is',
    window({ last: 3, unit: 'day', except_last: 3 }),
    '/rules/0/within/except_last condition.range_reversed',
  ],
  [
    'a window that ends before it begins',
    window({ from: '2025-02-01', to: '2025-01-01' }),
    '/rules/0/within condition.range_reversed',
  ],
  ['a strange period', window({ this: 'decade' }), '/rules/0/within/this condition.window_invalid'],
  ['two windows in one', window({ last: 3, unit: 'day', next: 3 }), '/rules/0/within/next condition.key_unknown'],
  ['half a visit', rule('visits', 'at_least', 1.5), '/rules/0/value condition.value_wrong'],
  [
    'a strange measure',
    rule('visits', 'at_least', 1, { measure: 'toString' }),
    '/rules/0/measure condition.measure_unknown',
  ],
  ['a count that is always known', rule('visit_count', 'is_known'), '/rules/0/operator condition.operator_unknown'],
  ['six groups deep', and(and(and(and(and(and(1)))))), '/rules/0/rules/0/rules/0/rules/0/rules/0 condition.too_deep'],
  ['101 rules', and(...Array(101).fill({ field: 'age', operator: 'is_known' })), '/rules condition.too_many_rules'],
  [
    '101 rules, filters counted',
    and(
      ...Array(51).fill({
        field: 'visits',
        operator: 'at_least',
        value: 1,
        where: [{ field: 'urgent', operator: 'is', value: true }],
      }),
    ),
    ' condition.too_many_rules',
  ],
  [
    '11 filters',
    rule('visits', 'at_least', 1, { where: Array(11).fill({ field: 'urgent', operator: 'is', value: true }) }),
    '/rules/0/where condition.too_many_rules',
  ],
])('%s', (_name, json, fault) => {
  const faults = faultsOf(json)
  if (fault === undefined) expect(faults).toEqual([])
  else expect(faults).toContain(fault)
})

test('a fault names what would be right', () => {
  try {
    parseCondition(rule('home', 'equals', 'moon'), fields)
    expect.unreachable()
  } catch (thrown) {
    expect((thrown as AppError).errors).toEqual([
      {
        pointer: '/rules/0/value',
        code: 'condition.option_unknown',
        params: { option: 'moon', options: ['north', 'south', 'sea'] },
      },
    ])
  }
})

test.each<[string, Field[][], RegExp]>([
  ['two modules lend one name', [profile, profile], /name is lent twice/],
  [
    'one alias names two tables',
    [behaviour, [{ name: 'x', type: 'number', group: 'x', sql: sql`t.x`, table: { alias: 't', from: sql`others` } }]],
    /field x: alias t/,
  ],
  [
    "an alias is the compiler's own",
    [[{ name: 'x', type: 'number', group: 'x', sql: sql`b1.x`, table: { alias: 'b1', from: sql`others` } }]],
    /alias b1 cannot be used/,
  ],
  [
    'a filter needs an unknown join',
    [
      [
        {
          name: 'x',
          type: 'behaviour',
          group: 'x',
          rows: sql`x`,
          member: 'x.member_id',
          at: 'x.at',
          measures: { count: { type: 'number', sql: sql`count(*)` } },
          filters: [{ name: 'y', type: 'text', sql: sql`y.y`, needs: ['y'] }],
        },
      ],
    ],
    /no join is named y/,
  ],
  [
    'a join would multiply a measure unseen',
    [
      [
        {
          name: 'x',
          type: 'behaviour',
          group: 'x',
          rows: sql`x`,
          member: 'x.member_id',
          at: 'x.at',
          joins: { y: { sql: sql`join y using (x_id)`, many: true } },
          measures: { count: { type: 'number', sql: sql`count(*)` } },
        },
      ],
    ],
    /measure count does not say what it is over the join y/,
  ],
])('a mistake of a module is found at start: %s', (_name, lists, message) => {
  expect(() => gatherFields(lists)).toThrow(message)
})

test('the catalogue tells a builder what to offer', () => {
  const catalogue = fieldCatalogue(fields)
  const home = catalogue.fields.find(({ name }) => name === 'home')!
  expect(home).toMatchObject({
    type: 'choice',
    group: 'profile',
    options: ['north', 'south', 'sea'],
    keeps_history: false,
  })
  expect(home.operators).toContainEqual({ name: 'in', value: 'options' })
  const visits = catalogue.fields.find(({ name }) => name === 'visits')!
  expect(visits.measures?.map(({ name }) => name)).toEqual(['count', 'sum', 'pieces', 'average'])
  expect(visits.filters?.find(({ name }) => name === 'urgent')?.operators).toEqual([{ name: 'is', value: 'flag' }])
  expect(catalogue.limits.rules_max).toBe(100)
  expect(JSON.parse(JSON.stringify(catalogue))).toEqual(catalogue)
})
