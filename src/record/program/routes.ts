/** The program's settings. */
import { route, type RouteTable } from '../../base/routes.ts'
import { current, update } from './program.ts'
import { ProgramChanges, ProgramShape } from './types.ts'

export const routes = {
  'GET /v1/admin/program': route({
    permission: 'program:read',
    summary: 'Name, currency, time zone, languages and settings',
    answer: ProgramShape,
    read: (db) => current(db),
  }),
  'PATCH /v1/admin/program': route({
    permission: 'program:write',
    summary: 'Change the program; of settings only what is named. Currency and zone are frozen once orders exist',
    body: ProgramChanges,
    answer: ProgramShape,
    write: (tx, { body }) => update(tx, body),
  }),
} satisfies RouteTable
