/** A member's picture of themselves: of the session's own member alone. */
import { Type } from 'typebox'
import { sendPrivate } from '../../../base/private-file.ts'
import { route, type RouteTable } from '../../../base/routes.ts'
import * as members from '../../../record/members/members.ts'
import { PictureBody, PictureShape, PictureVersion } from '../../../record/members/types.ts'
import { Nothing, ownId } from '../routes.ts'

export const routes = {
  'GET /v1/portal/picture': route({
    permission: 'member',
    summary: 'My picture of myself',
    query: PictureVersion,
    answer: Type.Unknown(),
    stream: async (request, reply, _input, context) =>
      sendPrivate(request, reply, await members.pictureOf(context.db, ownId(context))),
  }),
  'PUT /v1/portal/picture': route({
    permission: 'member',
    summary: 'Put a picture of myself in the place of the one before: JPEG, PNG or WebP in base64',
    body: PictureBody,
    answer: PictureShape,
    write: async (tx, { body }, context) => ({
      picture: await members.setPicture(tx, ownId(context), Buffer.from(body.base64, 'base64')),
    }),
  }),
  'DELETE /v1/portal/picture': route({
    permission: 'member',
    summary: 'Remove my picture of myself',
    answer: Nothing,
    write: async (tx, _input, context) => {
      await members.removePicture(tx, ownId(context))
      return {}
    },
  }),
} satisfies RouteTable
