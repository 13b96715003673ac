import { Type } from 'typebox'
import { catalogueSchema, fieldCatalogue } from '../../base/conditions/catalogue.ts'
import { conditionSchema } from '../../base/conditions/condition.ts'
import { allFields } from '../../base/conditions/gathered.ts'
import { Instant, Nullable, Page, PageQuery, route, Uuid, type RouteTable } from '../../base/routes.ts'
import { labelsOf, optionLists, optionsOf, type OptionList } from './options.ts'
import { peopleFor, peopleOf, sizesOf } from './queries.ts'
import * as segments from './segments.ts'
import { NewSegment, Person, Segment, SegmentChange, Size } from './types.ts'

const One = Type.Object({ segment_id: Uuid })
/** A page of people unless asked otherwise. */
const pageSize = 25
const List = Type.Unsafe<OptionList>(Type.Enum([...optionLists]))
/** Names asked for at once: a condition has at most 100 rules, and nobody reads more names in a sentence. */
const labelsMax = 200
const Language = Type.String({ maxLength: 20, description: 'BCP 47; the caller’s own unless given' })
const Values = Type.Array(Type.String({ maxLength: 200 }), { maxItems: labelsMax })

export const routes = {
  'GET /v1/admin/segments/fields': route({
    permission: 'segments:read',
    summary: 'What conditions may ask about: fields, operators, measures, filters',
    answer: catalogueSchema,
    read: async () => fieldCatalogue(allFields()),
  }),
  'GET /v1/admin/segments/options': route({
    permission: 'segments:read',
    summary: 'What a choice or set of the fields can be: stores, tags, categories …',
    query: Type.Object({
      list: List,
      search: Type.Optional(Type.String({ maxLength: 100 })),
      language: Type.Optional(Language),
    }),
    answer: Type.Object({
      data: Type.Array(Type.Object({ value: Type.String(), label: Nullable(Type.String()) })),
      more: Type.Boolean({ description: 'There are more: search' }),
    }),
    read: (db, { query: { list, search, language } }, { locale, signal }) =>
      optionsOf(db, list, { search, locale: language ?? locale, signal }),
  }),
  'POST /v1/admin/segments/labels': route({
    permission: 'segments:read',
    summary: 'The names of chosen options, to say a condition in words',
    idempotent: false,
    body: Type.Object(
      {
        wanted: Type.Partial(Type.Object({ stores: Values, products: Values, tiers: Values, campaigns: Values }), {
          additionalProperties: false,
        }),
        language: Type.Optional(Language),
      },
      { additionalProperties: false },
    ),
    answer: Type.Object({ labels: Type.Record(Type.String(), Type.Record(Type.String(), Type.String())) }),
    read: async (db, { body }, { locale }) => ({ labels: await labelsOf(db, body.wanted, body.language ?? locale) }),
  }),
  'POST /v1/admin/segments/counts': route({
    permission: 'segments:read',
    summary: 'How many members fulfil a condition now; hang up to cancel',
    idempotent: false,
    body: Type.Object({ condition: conditionSchema }, { additionalProperties: false }),
    answer: Size,
    read: (db, { body }, { now, signal }) => segments.count(db, body.condition, { now, signal }),
  }),
  'POST /v1/admin/segments/people': route({
    permission: 'members:read',
    summary: 'Who fulfils a condition now: the people behind a number',
    idempotent: false,
    body: Type.Object({ condition: conditionSchema, ...PageQuery }, { additionalProperties: false }),
    answer: Page(Person),
    read: (db, { body }, { now, signal }) =>
      peopleFor(db, body.condition, now, { limit: body.limit ?? pageSize, cursor: body.cursor, signal }),
  }),
  'GET /v1/admin/segments': route({
    permission: 'segments:read',
    summary: 'All segments with their newest count',
    query: Type.Object({ search: Type.Optional(Type.String({ maxLength: 100 })) }),
    answer: Type.Object({ data: Type.Array(Segment) }),
    read: async (db, { query }) => ({ data: await segments.list(db, query.search) }),
  }),
  'POST /v1/admin/segments': route({
    permission: 'segments:write',
    summary: 'Save a condition, or a list of members, under a name',
    body: NewSegment,
    answer: Segment,
    status: 201,
    write: (tx, { body }) => segments.create(tx, body),
  }),
  'GET /v1/admin/segments/:segment_id': route({
    permission: 'segments:read',
    summary: 'One segment',
    params: One,
    answer: Segment,
    read: (db, { params }) => segments.find(db, params.segment_id),
  }),
  'PATCH /v1/admin/segments/:segment_id': route({
    permission: 'segments:write',
    summary: 'Change name, note or condition',
    params: One,
    body: SegmentChange,
    answer: Segment,
    write: (tx, { params, body }) => segments.update(tx, params.segment_id, body),
  }),
  'DELETE /v1/admin/segments/:segment_id': route({
    permission: 'segments:write',
    summary: 'Put a segment away; campaigns that used it keep their record',
    params: One,
    answer: Type.Null(),
    status: 204,
    write: async (tx, { params }) => {
      await segments.archive(tx, params.segment_id)
      return null
    },
  }),
  'GET /v1/admin/segments/:segment_id/people': route({
    permission: 'members:read',
    summary: 'Who is in a segment now',
    params: One,
    query: Type.Object(PageQuery),
    answer: Page(Person),
    read: (db, { params, query }, { now, signal }) =>
      peopleOf(db, params.segment_id, now, { limit: query.limit ?? pageSize, cursor: query.cursor, signal }),
  }),
  'GET /v1/admin/segments/:segment_id/sizes': route({
    permission: 'segments:read',
    summary: 'How a segment’s size went',
    params: One,
    answer: Type.Object({
      data: Type.Array(
        Type.Object({ computed_at: Instant, version: Type.Integer(), count: Type.Integer(), ms: Type.Integer() }),
      ),
    }),
    read: async (db, { params }) => ({ data: await sizesOf(db, params.segment_id) }),
  }),
  'POST /v1/admin/segments/:segment_id/sizes': route({
    permission: 'segments:read',
    summary: 'Count a segment now and keep the figure',
    params: One,
    answer: Segment,
    write: async (tx, { params }) => {
      await segments.measure(tx, params.segment_id)
      return segments.find(tx, params.segment_id)
    },
  }),
} satisfies RouteTable
