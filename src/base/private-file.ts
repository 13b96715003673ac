/** Files that are for whoever is signed in. */
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface PrivateFile {
  type: string
  bytes: Buffer
  /** Another content has another one. */
  hash: string
}

/**
 * Sends it to be kept by this browser alone, which asks each time whether it still may show it: what was removed is
 * gone at once, and what is the same is not sent again.
 */
export function sendPrivate(request: FastifyRequest, reply: FastifyReply, { type, bytes, hash }: PrivateFile) {
  const etag = `"${hash}"`
  reply.header('cache-control', 'private, no-cache').header('etag', etag).header('x-content-type-options', 'nosniff')
  if (request.headers['if-none-match'] === etag) return reply.code(304).send()
  return reply.type(type).send(bytes)
}
