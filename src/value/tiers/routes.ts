import { Type } from 'typebox'
import { AppError } from '../../base/errors.ts'
import { Nullable, Page, pageOf, PageQuery, readCursor, route, Uuid, type RouteTable } from '../../base/routes.ts'
import { uuidv7 } from '../../base/ids.ts'
import { VersionParams } from '../../base/versions.ts'
import { audit } from '../../record/staff/staff.ts'
import * as previews from './previews.ts'
import * as queries from './queries.ts'
import * as tiers from './tiers.ts'
import { InvitationShape, NewInvitation, XpBody, XpByHand, XpOutcomeShape } from './given/types.ts'
import { LadderInput, NewTierPreview, NewTierRule, TierPreviewShape, TierRuleShape, TierShape } from './types.ts'

const TierOrNone = Type.String({ maxLength: 60, description: 'a tier’s code; - for no tier' })
const PreviewParams = Type.Object({ preview_id: Uuid })
const MemberParams = Type.Object({ member_id: Uuid })
const InvitationParams = Type.Object({ member_id: Uuid, invitation_id: Uuid })
/** Rows of a page unless asked otherwise: what a screen shows. */
const pageSize = 50

export const routes = {
  'GET /v1/admin/tiers': route({
    permission: 'tiers:read',
    summary: 'The ladder, lowest first, with how many members stand on each step',
    answer: Type.Object({ data: Type.Array(TierShape) }),
    read: async (db) => ({ data: await tiers.crowdedLadder(db) }),
  }),
  'PUT /v1/admin/tiers': route({
    permission: 'tiers:write',
    summary:
      'Sets the whole ladder, lowest first; a tier that members hold or the newest rule names cannot be left out',
    body: Type.Object({ tiers: LadderInput }),
    answer: Type.Object({ data: Type.Array(TierShape) }),
    write: async (tx, { body }) => {
      await tiers.setLadder(tx, body.tiers)
      return { data: await tiers.crowdedLadder(tx) }
    },
  }),
  'GET /v1/admin/tier-rules': route({
    permission: 'rules:read',
    summary: 'All versions of the tier rule, newest first',
    answer: Type.Object({ data: Type.Array(TierRuleShape) }),
    read: async (db, _input, { now }) => ({ data: await queries.ruleVersions(db, now) }),
  }),
  'GET /v1/admin/tier-rules/current': route({
    permission: 'rules:read',
    summary: 'The tier rule in force now',
    answer: TierRuleShape,
    read: async (db, _input, { now }) => {
      const found = (await queries.ruleVersions(db, now)).find((version) => version.in_force)
      if (!found) throw new AppError('tier_rule.not_found')
      return found
    },
  }),
  'POST /v1/admin/tier-rules': route({
    permission: 'rules:write',
    summary:
      'Adds a version from now or a later moment on: a rule, or a previewed one that moves members when it begins',
    body: NewTierRule,
    answer: TierRuleShape,
    status: 201,
    write: async (tx, { body }) => {
      const { version } = body.preview_id
        ? await previews.applyPreview(tx, {
            preview_id: body.preview_id,
            note: body.note,
            effective_from: instant(body.effective_from),
          })
        : await tiers.addRule(tx, {
            rule: given(body.rule),
            note: body.note,
            effective_from: instant(body.effective_from),
          })
      return (await queries.ruleVersions(tx, tx.now)).find((one) => one.version === version)!
    },
  }),
  'POST /v1/admin/tier-rules/:version/call-off': route({
    permission: 'rules:write',
    summary: 'Calls off a version that has not begun: it never holds; again changes nothing',
    params: VersionParams,
    answer: TierRuleShape,
    write: async (tx, { params: { version } }) => {
      await tiers.callOffRule(tx, version)
      return (await queries.ruleVersions(tx, tx.now)).find((one) => one.version === version)!
    },
  }),
  'POST /v1/admin/tier-rules/previews': route({
    permission: 'rules:write',
    summary: 'Finds out whom a proposed rule would move, without moving anybody',
    body: NewTierPreview,
    answer: TierPreviewShape,
    status: 202,
    write: (tx, { body }) => previews.proposeRule(tx, { rule: body.rule, lower_now: body.lower_now ?? false }),
  }),
  'GET /v1/admin/tier-rules/previews/:preview_id': route({
    permission: 'rules:read',
    summary: 'How far a preview is and what it found',
    params: PreviewParams,
    answer: TierPreviewShape,
    read: async (db, { params }) => {
      const found = await queries.previewOf(db, params.preview_id)
      if (!found) throw new AppError('tier_rule_preview.not_found', { preview_id: params.preview_id })
      return found
    },
  }),
  'POST /v1/admin/tier-rules/previews/:preview_id/cancel': route({
    permission: 'rules:write',
    summary: 'Stops a preview',
    params: PreviewParams,
    answer: TierPreviewShape,
    write: (tx, { params }) => previews.cancelPreview(tx, params.preview_id),
  }),
  'GET /v1/admin/tier-rules/previews/:preview_id/members': route({
    permission: 'rules:read',
    summary: 'The members whom the proposed rule would move: all, up or down, from one tier or to one',
    params: PreviewParams,
    query: Type.Object({
      ...PageQuery,
      move: Type.Optional(Type.Union([Type.Literal('up'), Type.Literal('down')])),
      from: Type.Optional(TierOrNone),
      to: Type.Optional(TierOrNone),
    }),
    answer: Page(
      Type.Object({
        member_id: Uuid,
        display_name: Nullable(Type.String()),
        from_code: Nullable(Type.String()),
        to_code: Nullable(Type.String()),
      }),
    ),
    read: async (db, { params, query }) => {
      const limit = query.limit ?? pageSize
      const after = readCursor(query.cursor)?.[0]
      const { move, from, to } = query
      const rows = await queries.previewMoves(db, {
        ...params,
        move,
        from,
        to,
        after: typeof after === 'string' ? after : null,
        limit: limit + 1,
      })
      return pageOf(rows, limit, (row) => [row.member_id])
    },
  }),
  'POST /v1/admin/tier-xp': route({
    permission: 'tiers:write',
    summary: 'Gives members experience, or takes it back: once for ever each by member, source and number',
    body: XpBody,
    answer: Type.Object({ data: Type.Array(XpOutcomeShape) }),
    write: async (tx, { body }) => ({
      data: await tiers.addXp(
        tx,
        body.grants.map((grant) => ({ ...grant, occurred_at: instant(grant.occurred_at) ?? tx.now })),
      ),
    }),
  }),
  'POST /v1/admin/members/:member_id/xp': route({
    permission: 'tiers:write',
    summary: 'Gives one member experience by hand, or takes it back, with the reason',
    params: MemberParams,
    body: XpByHand,
    answer: XpOutcomeShape,
    status: 201,
    write: async (tx, { params: { member_id }, body: { source_id = uuidv7(tx.now), ...given } }) => {
      const grant = { ...given, member_id, source: 'console', source_id, occurred_at: tx.now }
      const [outcome] = await tiers.addXp(tx, [grant])
      if (outcome!.outcome === 'refused') throw new AppError(outcome!.code!, outcome!.params ?? {})
      if (outcome!.outcome === 'booked')
        await audit(tx, [
          { action: 'xp.given', noun: 'members', noun_id: member_id, after: { xp: given.xp, source_id } },
        ])
      return outcome!
    },
  }),
  'GET /v1/admin/members/:member_id/tier-invitations': route({
    permission: 'tiers:read',
    summary: 'A member’s invitations to tiers, newest first',
    params: MemberParams,
    answer: Type.Object({ data: Type.Array(InvitationShape) }),
    read: async (db, { params }) => ({ data: await tiers.invitationsOf(db, params.member_id) }),
  }),
  'POST /v1/admin/members/:member_id/tier-invitations': route({
    permission: 'tiers:write',
    summary: 'Invites a member to a tier, to be accepted; with the last day on which it is held by this',
    params: MemberParams,
    body: NewInvitation,
    answer: InvitationShape,
    status: 201,
    write: async (tx, { params, body }) =>
      (await tiers.invite(tx, [{ source: 'api', ...body, member_id: params.member_id }]))[0]!,
  }),
  'POST /v1/admin/members/:member_id/tier-invitations/:invitation_id/accept': route({
    permission: 'tiers:write',
    summary: 'The member takes the invitation and holds the tier at once',
    params: InvitationParams,
    answer: InvitationShape,
    write: (tx, { params }) => tiers.accept(tx, params),
  }),
  'POST /v1/admin/members/:member_id/tier-invitations/:invitation_id/decline': route({
    permission: 'tiers:write',
    summary: 'The member says no',
    params: InvitationParams,
    answer: InvitationShape,
    write: (tx, { params }) => tiers.decline(tx, params),
  }),
  'POST /v1/admin/members/:member_id/tier-invitations/:invitation_id/withdraw': route({
    permission: 'tiers:write',
    summary: 'Takes back an invitation that is still open',
    params: InvitationParams,
    answer: InvitationShape,
    write: (tx, { params }) => tiers.withdraw(tx, params),
  }),
} satisfies RouteTable

function given<T>(value: T | undefined): T {
  if (value === undefined)
    throw new AppError(
      'request.invalid',
      {},
      { status: 400, errors: [{ pointer: '/rule', code: 'schema.required' }] },
    )
  return value
}

function instant(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}
