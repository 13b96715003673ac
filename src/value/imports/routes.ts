import path from 'node:path'
import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { dataFolder } from '../../base/config.ts'
import { AppError } from '../../base/errors.ts'
import { Day, Instant, Nullable, route, Uuid, type Context, type RouteTable } from '../../base/routes.ts'
import { checkText } from '../../base/schemas.ts'
import * as program from '../../record/program/program.ts'
import { readWords, resultLines } from './downloads.ts'
import * as imports from './imports.ts'
import {
  ImportPage,
  ImportRowShape,
  ImportShape,
  Kind,
  LookWire,
  MappingWire,
  Outcome,
  PresetShape,
  ResultPage,
  ResultQuery,
  type Import,
} from './types.ts'

const ByImport = Type.Object({ import_id: Uuid })

const UploadWire = Type.Object({ kind: Kind, ...LookWire.properties, points_as_of: Type.Optional(Nullable(Day)) })
type UploadWire = Type.Static<typeof UploadWire>

/** What an answer shows of an import: not where its file lies, not who works on it. */
function shown(row: Import) {
  const { inspection: _seen, mapping: _mapping, ...rest } = listed(row)
  return rest
}
function listed(row: Import) {
  const {
    file_path: _path,
    is_upload: _upload,
    is_staged: _staged,
    lanes: _lanes,
    chunk_weight: _weight,
    own_counts: _own,
    runner: _runner,
    heartbeat_at: _beat,
    actor: _actor,
    ...rest
  } = row
  return rest
}

async function countryOf(context: Context): Promise<string> {
  return (await program.current(context.db)).default_country
}

/** Keeps the file of a multipart request; its fields come before it, or in the query. */
async function upload(request: FastifyRequest, query: Record<string, unknown>, context: Context): Promise<Import> {
  // asked first: without a program nothing can be read, and a large file need not come in for that
  const country = await countryOf(context)
  const part = await request.file()
  if (!part) throw new AppError('import.file_missing', {}, { status: 400 })
  const fields = { ...query, ...fieldsOf(part.fields) }
  if (fields['kind'] === undefined) {
    part.file.resume()
    throw new AppError('import.kind_missing', { kinds: ['orders', 'members'] }, { status: 400 })
  }
  const wanted = checkText(UploadWire, fields, '') as UploadWire
  const kept = await imports.keepUpload(dataFolder(), part.file)
  try {
    const { kind, points_as_of, ...how } = wanted
    const looked = await imports.look(kept.file_path, { kind, country, ...how, signal: context.signal })
    const file_name = path.basename(part.filename || 'file').slice(0, 200)
    const input = { ...kept, ...looked, kind, file_name, is_upload: true, points_as_of: points_as_of ?? null }
    return await context.db.tx({ actor: context.actor }, (tx) => imports.create(tx, input))
  } catch (thrown) {
    await imports.removeUpload(kept.file_path)
    throw thrown
  }
}

/** Text fields of a multipart body. */
function fieldsOf(fields: Record<string, unknown>): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    const value = (field as { value?: unknown } | undefined)?.value
    if (typeof value === 'string' && value !== '') found[name] = value
  }
  return found
}

/** Takes a corrected mapping as it is, or looks at the file again in another way. */
async function remap(import_id: string, wire: MappingWire, context: Context): Promise<Import> {
  const before = await imports.one(context.db, import_id)
  const { mapping, points_as_of, ...how } = wire
  const isLook = Object.keys(how).length > 0
  if (isLook && !before.file_path) throw new AppError('import.file_missing', { file_name: before.file_name })
  const looked = isLook
    ? await imports.look(before.file_path!, {
        kind: before.kind,
        country: await countryOf(context),
        ...how,
        signal: context.signal,
      })
    : before
  const { inspection, encoding } = looked
  const changes = {
    inspection,
    encoding,
    mapping: mapping ?? looked.mapping,
    preset: mapping ? (mapping.preset ?? null) : looked.preset,
    points_as_of: points_as_of === undefined ? before.points_as_of : points_as_of,
  }
  return context.db.tx({ actor: context.actor }, (tx) => imports.setMapping(tx, import_id, changes))
}

export const routes = {
  'POST /v1/admin/imports': route({
    permission: 'imports:write',
    summary: 'Upload a file (multipart; fields before the file): it is looked at, nothing is booked',
    status: 201,
    answer: ImportShape,
    stream: async (request, reply, _input, context) => {
      const imported = await upload(request, request.query as Record<string, unknown>, context)
      return reply.code(201).send(listed(imported))
    },
  }),
  'GET /v1/admin/imports': route({
    permission: 'imports:read',
    summary: 'Imports, newest first',
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      cursor: Type.Optional(Type.String()),
      source: Type.Optional(Type.String({ maxLength: 100, description: 'those whose orders bear this source' })),
      at: Type.Optional({ ...Instant, description: 'those at work then: which file brought what was recorded' }),
    }),
    answer: ImportPage,
    read: async (db, { query }) => {
      const { data, next_cursor } = await imports.page(db, query)
      return { data: data.map(shown), next_cursor }
    },
  }),
  'GET /v1/admin/imports/:import_id': route({
    permission: 'imports:read',
    summary: 'One import with what was seen of its file, its mapping and how far it is',
    params: ByImport,
    answer: ImportShape,
    read: async (db, { params }) => listed(await imports.one(db, params.import_id)),
  }),
  'PUT /v1/admin/imports/:import_id/mapping': route({
    permission: 'imports:write',
    summary: 'Correct the mapping, or look at the file again (encoding, preset, source, header row)',
    params: ByImport,
    body: MappingWire,
    answer: ImportShape,
    read: async (_db, { params, body }, context) => listed(await remap(params.import_id, body, context)),
  }),
  'POST /v1/admin/imports/:import_id/dry-run': route({
    permission: 'imports:write',
    summary: 'Try it: everything is read and booked, then undone; counts and row results stay',
    status: 202,
    params: ByImport,
    answer: ImportRowShape,
    write: async (tx, { params }) => shown(await imports.beginCheck(tx, params.import_id, { as_job: true })),
  }),
  'POST /v1/admin/imports/:import_id/start': route({
    permission: 'imports:write',
    summary: 'Run it; poll the import for its progress',
    status: 202,
    params: ByImport,
    answer: ImportRowShape,
    write: async (tx, { params }) => shown(await imports.start(tx, params.import_id, { as_job: true })),
  }),
  'POST /v1/admin/imports/:import_id/cancellation': route({
    permission: 'imports:write',
    summary: 'Stop a run or a dry run; what is booked stays',
    params: ByImport,
    answer: ImportRowShape,
    write: async (tx, { params }) => shown(await imports.cancel(tx, params.import_id)),
  }),
  'POST /v1/admin/imports/:import_id/resumption': route({
    permission: 'imports:write',
    summary: 'Go on with a cancelled or failed run',
    status: 202,
    params: ByImport,
    answer: ImportRowShape,
    write: async (tx, { params }) => shown(await imports.resume(tx, params.import_id, { as_job: true })),
  }),
  'DELETE /v1/admin/imports/:import_id': route({
    permission: 'imports:write',
    summary: 'Forget an import, its file and its row results; what it booked stays',
    status: 204,
    params: ByImport,
    answer: Type.Null(),
    write: async (tx, { params }) => {
      const file = await imports.remove(tx, params.import_id)
      if (file) tx.afterCommit(() => void imports.removeUpload(file))
      return null
    },
  }),
  'GET /v1/admin/imports/:import_id/results': route({
    permission: 'imports:read',
    summary: 'What is to be said of single rows: refused, repaired, noted; in the order of the file',
    params: ByImport,
    query: ResultQuery,
    answer: ResultPage,
    read: async (db, { params, query }) => {
      await imports.one(db, params.import_id)
      return imports.results(db, params.import_id, query)
    },
  }),
  'GET /v1/admin/imports/:import_id/result-sums': route({
    permission: 'imports:read',
    summary: 'How many rows each code concerns',
    params: ByImport,
    answer: Type.Object({
      data: Type.Array(Type.Object({ outcome: Outcome, code: Type.String(), rows: Type.Integer() })),
    }),
    read: async (db, { params }) => ({ data: await imports.resultSums(db, params.import_id) }),
  }),
  'GET /v1/admin/imports/:import_id/results/download': route({
    permission: 'imports:read',
    summary: 'The same as CSV, each with its row as it stood in the file',
    params: ByImport,
    query: Type.Object({
      outcome: Type.Optional(Outcome),
      words: Type.Optional(
        Type.String({
          maxLength: 8_000,
          description: 'JSON: what to say in place of a code or an outcome; {{name}} is filled with that parameter',
        }),
      ),
    }),
    answer: Type.String(),
    stream: async (_request, reply, { params, query }, { db, signal }) => {
      const words = readWords(query.words)
      const imported = await imports.one(db, params.import_id)
      const name = `${imported.file_name.replace(/\.(csv|gz|xlsx?|txt)+$/gi, '')}-${query.outcome ?? 'results'}.csv`
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
        .send(Readable.from(resultLines(db, imported, { outcome: query.outcome, words, signal })))
    },
  }),
  'GET /v1/admin/import-presets': route({
    permission: 'imports:read',
    summary: 'Exports of other programs that are known, with their columns',
    answer: Type.Object({ data: Type.Array(PresetShape) }),
    read: async () => ({ data: imports.presetList() }),
  }),
} satisfies RouteTable
