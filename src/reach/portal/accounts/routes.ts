/** The doors of accounts elsewhere, and what a member is asked after joining. */
import { Type } from 'typebox'
import { route, Uuid, type Context, type RouteTable } from '../../../base/routes.ts'
import * as members from '../../../record/members/members.ts'
import * as joining from '../../joining/joining.ts'
import * as portal from '../portal.ts'
import { AnswerBody, AnsweredShape, AskedStepShape, JoinBody } from '../../joining/types.ts'
import { cookieOptions, keepSession, memberCookie, Nothing, open_per_minute, ownId } from '../routes.ts'
import { CameBackShape } from '../types.ts'
import { bindWaiting, comeByAccount, joinByAccount } from './coming.ts'

/** The state of an attempt: this browser's half of it. */
const attemptCookie = 'regulars_attempt'
const Provider = Type.Object({ provider: Type.String({ pattern: '^[a-z][a-z0-9_]{1,19}$' }) })
/** What providers add to the address, or post as a form. */
const Answer = Type.Record(Type.String({ maxLength: 60 }), Type.String({ maxLength: 4_000 }))

/** Where providers send people back to: to be entered at each of them. */
const returnTo = ({ base_url }: Context) => new URL('/portal/account', base_url).href
/** Apple posts a form, which a page cannot take. */
const formTo = ({ base_url }: Context) => new URL('/v1/open/portal/account-form', base_url).href

const cookieOf = (context: Context) => context.reply.request.cookies[attemptCookie]
/** Open routes know no session; who binds an account has one. */
async function signedIn({ db, reply, now }: Context): Promise<string | null> {
  const found = await members.memberBySession(db, reply.request.cookies[memberCookie], now)
  return found?.member_id ?? null
}

async function begin(context: Context, provider: string, member_id: string | null): Promise<{ url: string }> {
  const redirect_uri = await redirectFor(context, provider)
  const begun = await joining.beginAttempt(context.db, provider, { member_id, redirect_uri })
  void context.reply.setCookie(attemptCookie, begun.state, cookieOptions(context))
  return { url: begun.url }
}

async function redirectFor(context: Context, provider: string): Promise<string> {
  const doors = await joining.doors(context.db)
  return doors.find((door) => door.provider === provider)?.preset === 'apple' ? formTo(context) : returnTo(context)
}

const accounts = {
  'POST /v1/open/portal/accounts/:provider': route({
    permission: 'open',
    summary: 'Begin to come in by an account: the address to go to',
    params: Provider,
    answer: Type.Object({ url: Type.String() }),
    idempotent: false,
    own_pages: true,
    open_per_minute_max: open_per_minute,
    read: (_db, { params }, context) => begin(context, params.provider, null),
  }),
  'POST /v1/open/portal/account-returns': route({
    permission: 'open',
    summary: 'Hear a provider’s answer, once, in the browser that began',
    body: Type.Object({ answer: Answer }, { additionalProperties: false }),
    answer: CameBackShape,
    idempotent: false,
    own_pages: true,
    open_per_minute_max: open_per_minute,
    // opens its own transactions: an answer is taken although the provider refuses it
    read: async (_db, { body }, context) => {
      const cookie = cookieOf(context)
      const redirect_uri = body.answer['form'] ? formTo(context) : returnTo(context)
      const { form: _form, ...answer } = body.answer
      const given = { cookie, answer, redirect_uri, signed_in: await signedIn(context) }
      const { session, ...came } = await comeByAccount(context.db, given)
      if (session) keepSession(context, session)
      return came
    },
  }),
  'POST /v1/open/portal/account-form': route({
    permission: 'open',
    summary: 'Where a provider posts its answer as a form: it goes on to the page that hears it',
    body: Answer,
    answer: Nothing,
    idempotent: false,
    open_per_minute_max: open_per_minute,
    stream: async (_request, reply, { body }) => {
      const { code, state, error, iss } = body
      const given = Object.entries({ code, state, error, iss, form: '1' }).filter(([, value]) => value !== undefined)
      return reply.redirect(`/portal/account?${new URLSearchParams(given as [string, string][]).toString()}`, 303)
    },
  }),
  'POST /v1/open/portal/account-joins': route({
    permission: 'open',
    summary: 'Join as who came back in this browser',
    body: Type.Object({ join: JoinBody }, { additionalProperties: false }),
    answer: Type.Object({ outcome: Type.Enum(['joined']) }),
    idempotent: false,
    own_pages: true,
    open_per_minute_max: open_per_minute,
    read: async (_db, { body }, context) => {
      const { ip } = context
      keepSession(context, await joinByAccount(context.db, { cookie: cookieOf(context), join: body.join, ip }))
      return { outcome: 'joined' as const }
    },
  }),
  'POST /v1/portal/accounts/:provider': route({
    permission: 'member',
    summary: 'Begin to bind an account to me: the address to go to',
    params: Provider,
    answer: Type.Object({ url: Type.String() }),
    idempotent: false,
    read: (_db, { params }, context) => begin(context, params.provider, ownId(context)),
  }),
  'POST /v1/portal/accounts': route({
    permission: 'member',
    summary: 'Bind the account that came back in this browser to me',
    answer: Nothing,
    idempotent: false,
    read: async (_db, _input, context) => {
      await bindWaiting(context.db, ownId(context), cookieOf(context))
      return {}
    },
  }),
  'DELETE /v1/portal/accounts/:provider': route({
    permission: 'member',
    summary: 'Part from an account; not from the last way in',
    params: Provider,
    answer: Nothing,
    write: async (tx, { params }, context) => {
      await portal.partFromAccount(tx, ownId(context), params.provider)
      return {}
    },
  }),
} satisfies RouteTable

const steps = {
  'GET /v1/portal/steps': route({
    permission: 'member',
    summary: 'What I am asked next, and what answering brings',
    answer: AskedStepShape,
    read: (db, _input, context) => joining.nextStep(db, ownId(context)),
  }),
  'POST /v1/portal/steps/:step_id': route({
    permission: 'member',
    summary: 'Answer a question or skip it (`value: null`); its reward comes once',
    params: Type.Object({ step_id: Uuid }),
    body: AnswerBody,
    answer: AnsweredShape,
    write: (tx, { params, body }, context) => joining.answer(tx, ownId(context), params.step_id, body),
  }),
} satisfies RouteTable

export const routes = { ...accounts, ...steps } satisfies RouteTable
