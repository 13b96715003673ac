/** Who is signed in, to what: the first call of every screen. */
import { Type } from 'typebox'
import { Instant, Nullable, route, Uuid, type RouteTable } from '../base/routes.ts'
import * as program from '../record/program/program.ts'
import * as staff from '../record/staff/staff.ts'
import { Role } from '../record/staff/types.ts'
import { version } from './version.ts'

export const routes = {
  'GET /v1/admin/session': route({
    permission: 'signed_in',
    summary: 'Who calls, in which program, with which permissions',
    answer: Type.Object({
      staff: Nullable(
        Type.Object(
          {
            staff_id: Uuid,
            name: Type.String(),
            email: Type.String(),
            role: Role,
            locale: Type.String(),
          },
          { description: 'null for an API key' },
        ),
      ),
      program: Nullable(
        Type.Object({
          name: Type.String(),
          currency: Type.String(),
          currency_decimals: Type.Integer(),
          time_zone: Type.String(),
          languages: Type.Array(Type.String()),
          default_language: Type.String(),
        }),
      ),
      permissions: Type.Array(Type.String()),
      version: Type.String(),
      now: Instant,
    }),
    read: async (db, _input, { actor, permissions, now }) => {
      const person = actor.kind === 'staff' && actor.id ? await staff.staffOf(db, actor.id) : null
      const found = await program.find(db)
      return {
        staff: person && {
          staff_id: person.staff_id,
          name: person.name,
          email: person.email,
          role: person.role,
          locale: person.locale,
        },
        program: found && {
          name: found.name,
          currency: found.currency,
          currency_decimals: found.currency_decimals,
          time_zone: found.time_zone,
          languages: found.languages,
          default_language: found.default_language,
        },
        permissions: [...permissions].sort(),
        version,
        // a demo’s clock runs ahead of the wall’s: screens count time from here
        now,
      }
    },
  }),
} satisfies RouteTable
