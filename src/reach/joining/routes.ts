/** How joining is set up: sources, providers, steps. What members do themselves stands in the portal's routes. */
import { Type } from 'typebox'
import { route, Uuid, type RouteTable } from '../../base/routes.ts'
import { keepProvider, providers } from './providers.ts'
import { changeSource, createSource, sourceOf, sources } from './sources.ts'
import { keepSteps, steps } from './steps.ts'
import {
  ProviderBody,
  ProviderShape,
  SourceBody,
  SourceChanges,
  SourceShape,
  StepsBody,
  StepsShape,
} from './types.ts'

const SourceParams = Type.Object({ source_id: Uuid })
const ProviderParams = Type.Object({ provider: Type.String({ pattern: '^[a-z][a-z0-9_]{1,19}$' }) })

export const routes = {
  'GET /v1/admin/joining/sources': route({
    permission: 'program:read',
    summary: 'Links and posters that invite, and every other way members joined, with what each brought',
    answer: Type.Object({ data: Type.Array(SourceShape) }),
    read: async (db, _input, { now }) => ({ data: await sources(db, now) }),
  }),
  'POST /v1/admin/joining/sources': route({
    permission: 'program:write',
    summary: 'Make a link or poster',
    body: SourceBody,
    answer: SourceShape,
    status: 201,
    write: (tx, { body }) => createSource(tx, body),
  }),
  'GET /v1/admin/joining/sources/:source_id': route({
    permission: 'program:read',
    summary: 'One link or poster',
    params: SourceParams,
    answer: SourceShape,
    read: (db, { params }, { now }) => sourceOf(db, params.source_id, now),
  }),
  'PATCH /v1/admin/joining/sources/:source_id': route({
    permission: 'program:write',
    summary: 'Rename, move or close one; its link stays',
    params: SourceParams,
    body: SourceChanges,
    answer: SourceShape,
    write: (tx, { params, body }) => changeSource(tx, params.source_id, body),
  }),
  'GET /v1/admin/joining/providers': route({
    permission: 'program:read',
    summary: 'Accounts by which one may join; secrets are never given back',
    answer: Type.Object({ data: Type.Array(ProviderShape) }),
    read: async (db) => ({ data: await providers(db) }),
  }),
  'PUT /v1/admin/joining/providers/:provider': route({
    permission: 'program:write',
    summary: 'Set a provider up; a secret that is not named stays, null takes it away',
    params: ProviderParams,
    body: ProviderBody,
    answer: ProviderShape,
    write: (tx, { params, body }) => keepProvider(tx, params.provider, body),
  }),
  'GET /v1/admin/joining/steps': route({
    permission: 'program:read',
    summary: 'What members are asked after joining, in order, with what was answered',
    answer: StepsShape,
    read: (db) => steps(db),
  }),
  'PUT /v1/admin/joining/steps': route({
    permission: 'program:write',
    summary: 'Keep what is asked, in this order',
    body: StepsBody,
    answer: StepsShape,
    write: async (tx, { body }) => {
      await keepSteps(tx, body)
      return steps(tx)
    },
  }),
} satisfies RouteTable
