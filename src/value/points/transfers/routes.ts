import { Type } from 'typebox'
import { AppError } from '../../../base/errors.ts'
import { uuidv7 } from '../../../base/ids.ts'
import { route, Uuid, type RouteTable } from '../../../base/routes.ts'
import { momentOf, VersionParams } from '../../../base/versions.ts'
import { audit } from '../../../record/staff/staff.ts'
import { balanceOf, memberExists } from '../points.ts'
import { BalanceShape } from '../types.ts'
import { addTransferRule, callOffTransferRule, transfer, transferRules } from './transfers.ts'
import { NewTransferRule, TransferBody, TransferRuleShape } from './types.ts'

export const routes = {
  'GET /v1/admin/point-transfer-rules': route({
    permission: 'rules:read',
    summary: 'All versions of whether and how far members may give points to each other, newest first',
    answer: Type.Object({ data: Type.Array(TransferRuleShape) }),
    read: async (db, _input, { now }) => ({ data: await transferRules(db, now) }),
  }),
  'POST /v1/admin/point-transfer-rules': route({
    permission: 'rules:write',
    summary: 'Adds a version, from now or a later moment on',
    body: NewTransferRule,
    answer: TransferRuleShape,
    status: 201,
    write: async (tx, { body }) => {
      const { effective_from, ...given } = body
      const version = await addTransferRule(tx, { ...given, effective_from: momentOf(effective_from) })
      return (await transferRules(tx, tx.now)).find((one) => one.version === version)!
    },
  }),
  'POST /v1/admin/point-transfer-rules/:version/call-off': route({
    permission: 'rules:write',
    summary: 'Calls off a version that has not begun: it never holds; again changes nothing',
    params: VersionParams,
    answer: TransferRuleShape,
    write: async (tx, { params: { version } }) => {
      await callOffTransferRule(tx, version)
      return (await transferRules(tx, tx.now)).find((one) => one.version === version)!
    },
  }),
  'POST /v1/admin/members/:member_id/points/transfers': route({
    permission: 'points:write',
    summary: 'Gives points of this member to another; lots keep their last days',
    params: Type.Object({ member_id: Uuid }),
    body: TransferBody,
    answer: Type.Object({ transfer_id: Uuid, received: Type.Integer(), balance: BalanceShape }),
    status: 201,
    write: async (tx, { params: { member_id }, body }) => {
      await memberExists(tx, member_id)
      const { to_member_id: to, points, note } = body
      const source_id = body.source_id ?? uuidv7(tx.now)
      const [outcome] = await transfer(tx, [{ from: member_id, to, points, note, source: 'console', source_id }])
      if (outcome!.outcome === 'refused') throw new AppError(outcome!.code!, outcome!.params ?? {})
      const { transfer_id, received } = outcome!
      if (outcome!.outcome === 'booked')
        await audit(tx, [
          {
            action: 'points.transferred',
            noun: 'members',
            noun_id: member_id,
            after: { points, to_member_id: to, transfer_id: transfer_id! },
          },
        ])
      const [balance] = await balanceOf(tx, [member_id])
      return { transfer_id: transfer_id!, received: received!, balance: balance! }
    },
  }),
} satisfies RouteTable
