/** Companies through the API: list, make, change, who belongs, and to whom their orders count. */
import { Type } from 'typebox'
import {
  Day,
  Nullable,
  Page,
  pageOf,
  PageQuery,
  readCursor,
  route,
  Uuid,
  type RouteTable,
} from '../../../base/routes.ts'
import { createCompany, creditWanted, join, leave, setCredit, updateCompany } from './companies.ts'
import { companies, companiesOfPerson, companyOf, peopleOf } from './queries.ts'
import {
  CompanyChanges,
  CompanyDetail,
  CompanyPersonGone,
  CompanyPersonShape,
  CompanyRole,
  CompanyShape,
  Climber,
  Credit,
  NewCompany,
  NewCompanyPerson,
} from './types.ts'

/** Rows a page when nothing is said. */
const pageSize = 50
const Params = Type.Object({ company_id: Uuid })
const PersonParams = Type.Object({ company_id: Uuid, member_id: Uuid })
const People = Type.Object({ data: Type.Array(CompanyPersonShape) })
const CreditShape = Type.Object({ credited: Credit, progress: Climber })
const CreditBody = Type.Object(
  { credited: Credit, progress: Type.Optional(Climber) },
  { additionalProperties: false },
)

export const routes = {
  'GET /v1/admin/companies': route({
    permission: 'members:read',
    summary: 'Companies by name',
    query: Type.Object({ ...PageQuery, search: Type.Optional(Type.String({ maxLength: 200 })) }),
    answer: Page(CompanyShape),
    read: async (db, { query }) => {
      const limit = query.limit ?? pageSize
      const key = readCursor(query.cursor)
      const after: [string, string] | null =
        typeof key?.[0] === 'string' && typeof key[1] === 'string' ? [key[0], key[1]] : null
      const rows = await companies(db, { search: query.search?.trim() ?? '', after, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.name ?? '', row.company_id])
    },
  }),
  'POST /v1/admin/companies': route({
    permission: 'members:write',
    summary: 'Add a company; it gets an account of its own, which may hold points and a tier',
    body: NewCompany,
    answer: CompanyShape,
    status: 201,
    write: (tx, { body }) => createCompany(tx, body),
  }),
  'GET /v1/admin/companies/:company_id': route({
    permission: 'members:read',
    summary: 'A company with its people',
    params: Params,
    answer: CompanyDetail,
    read: async (db, { params }) => ({
      company: await companyOf(db, params.company_id),
      people: await peopleOf(db, params.company_id),
    }),
  }),
  'PATCH /v1/admin/companies/:company_id': route({
    permission: 'members:write',
    summary: 'Change a company; null takes its tax id away',
    params: Params,
    body: CompanyChanges,
    answer: CompanyShape,
    write: (tx, { params, body }) => updateCompany(tx, params.company_id, body),
  }),
  'POST /v1/admin/companies/:company_id/people': route({
    permission: 'members:write',
    summary: 'Put a person into a company, as what and from which day',
    params: Params,
    body: NewCompanyPerson,
    answer: People,
    write: async (tx, { params, body }) => {
      await join(tx, [{ ...params, ...body }])
      return { data: await peopleOf(tx, params.company_id) }
    },
  }),
  'POST /v1/admin/companies/:company_id/people/:member_id/leave': route({
    permission: 'members:write',
    summary: 'A person leaves a role in a company; what was bought before stays as it counted',
    params: PersonParams,
    body: CompanyPersonGone,
    answer: People,
    write: async (tx, { params, body }) => {
      await leave(tx, { ...params, ...body })
      return { data: await peopleOf(tx, params.company_id) }
    },
  }),
  'GET /v1/admin/members/:member_id/companies': route({
    permission: 'members:read',
    summary: 'The companies a person belongs to now',
    params: Type.Object({ member_id: Uuid }),
    answer: Type.Object({
      data: Type.Array(
        Type.Object({
          company_id: Uuid,
          name: Nullable(Type.String()),
          role: CompanyRole,
          since: Day,
        }),
      ),
    }),
    read: async (db, { params }) => ({ data: await companiesOfPerson(db, params.member_id) }),
  }),
  'GET /v1/admin/company-credit': route({
    permission: 'members:read',
    summary:
      'To whom the orders of companies count (who bought, unless said otherwise), and whose tier climbs by them',
    answer: CreditShape,
    read: (db) => creditWanted(db),
  }),
  'PUT /v1/admin/company-credit': route({
    permission: 'rules:write',
    summary: 'Says to whom the orders of companies count from now on; earlier ones stay where they are',
    body: CreditBody,
    answer: CreditShape,
    write: (tx, { body }) => setCredit(tx, body),
  }),
} satisfies RouteTable
