import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineCommand } from 'citty'
import { systemActor } from '../../base/actor.ts'
import { coerceError, AppError } from '../../base/errors.ts'
import { addDays, dayOf, parseZone, stopwatch } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import * as reports from '../../steer/reports/reports.ts'
import * as imports from '../../value/imports/imports.ts'
import { answer, everyFlag, notFounded, withProgram, type EveryFlag, type Running } from '../command.ts'
import { countryOfZone, found, type Founding } from '../found.ts'

type Kind = 'orders' | 'members'
interface Args extends EveryFlag {
  file: string
  mapping?: string | undefined
  preset?: string | undefined
  source?: string | undefined
  encoding?: string | undefined
  'as-of'?: string | undefined
  buyers?: string | undefined
  'dry-run'?: boolean | undefined
}

const flags = {
  ...everyFlag,
  file: { type: 'positional', description: 'CSV, CSV.gz or XLSX', required: true },
  mapping: {
    type: 'string',
    description: 'A JSON file that says which column means what; auto (the default) guesses',
  },
  preset: {
    type: 'string',
    description: `The export of a known program: ${imports.presets.map((preset) => preset.name).join(', ')}`,
  },
  source: {
    type: 'string',
    description: 'The sales channel or system the file comes from; part of an order’s identity for ever',
  },
  encoding: { type: 'string', description: 'utf-8, big5, gb18030, shift_jis … when the file does not tell' },
  'dry-run': { type: 'boolean', description: 'Do everything, then undo it; list the rows that would be refused' },
} as const

const actor = systemActor('import')
/** Refused rows printed; the rest is in the console and its download. */
const shownRows = 20
/** Letters printed of a sample row. */
const shownLetters = 120

function importOf(kind: Kind) {
  return defineCommand({
    meta: {
      name: kind,
      description: kind === 'orders' ? 'Orders, refunds and who bought' : 'Members, consents and opening points',
    },
    args: {
      ...flags,
      ...(kind === 'orders'
        ? ({
            buyers: {
              type: 'string',
              description: 'Buyers who gave only a phone or an e-mail: guests (the default) or members',
            },
          } as const)
        : {}),
      ...(kind === 'members'
        ? ({
            'as-of': { type: 'string', description: 'The day of opening points that bring none (YYYY-MM-DD)' },
          } as const)
        : {}),
    },
    async run({ args }) {
      await withProgram(args as Args, { command: 'import', migrate: true, create: true }, (running) =>
        bring(kind, args as unknown as Args, running),
      )
    },
  })
}

export const importCommand = defineCommand({
  meta: {
    name: 'import',
    description: 'Bring orders or members in; the same file twice changes nothing, a broken run goes on',
  },
  subCommands: { orders: importOf('orders'), members: importOf('members') },
})

async function bring(kind: Kind, args: Args, running: Running): Promise<void> {
  const { db, tell } = running
  const elapsed = stopwatch()
  const points_as_of = args['as-of'] === undefined ? null : dayFrom(args['as-of'])
  const kept = await imports.fileInPlace(args.file)
  const { founding, looked } = await prepare(kind, args, running, kept.file_path)
  if (founding && !args['dry-run']) await db.tx({ actor }, (tx) => found(tx, founding))
  const input = {
    ...kept,
    ...looked,
    kind,
    file_name: path.basename(args.file),
    is_upload: false,
    points_as_of,
  }
  const before = args['dry-run']
    ? undefined
    : await imports.unfinished(db, {
        kind,
        file_sha256: kept.file_sha256,
        mapping: looked.mapping,
      })
  const imported = before ?? (await db.tx({ actor }, (tx) => imports.create(tx, input)))
  if (before) tell(`This file was begun before: going on after ${before.progress.rows_booked} rows.`)
  const done = await worked(running, imported, args, founding)
  const counts = args['dry-run'] ? done.dry_run : done.counts
  if (done.status === 'failed' || done.error || !counts)
    throw new AppError(done.error?.code ?? 'import.failed', done.error?.params ?? {})
  if (done.status === 'cancelled') tell('Cancelled. What is booked stays; the same command goes on from here.')
  const seconds = Math.round(elapsed()) / 1000
  const { rows, orders, cancellations, members, duplicates, refused, ...more } = counts
  const value = { rows, orders, cancellations, members, duplicates, refused, seconds, ...more, status: done.status }
  const sentence = args['dry-run'] ? null : await oursOf(running)
  if (sentence && args.json) tell(sentence)
  answer(args, value, () => [...linesOf(kind, value, args), ...(sentence ? [sentence] : [])])
  if (done.status === 'cancelled') process.exitCode = 130
}

type Looked = Awaited<ReturnType<typeof imports.look>>

/** Looks at the file; where there is no program yet, what the preset founds. */
async function prepare(
  kind: Kind,
  args: Args,
  { db, tell }: Running,
  file: string,
): Promise<{ founding: Founding | null; looked: Looked }> {
  const current = await program.find(db)
  const named = args.preset === undefined ? null : imports.presetNamed(args.preset)
  const country = current?.default_country ?? (named?.time_zone ? countryOfZone(named.time_zone) : undefined) ?? 'TW'
  const looked = await imports.look(file, {
    kind,
    country,
    preset: args.preset,
    encoding: args.encoding,
    source: args.source,
  })
  if (args.mapping !== undefined && args.mapping !== 'auto')
    looked.mapping = await mappingFrom(args.mapping, kind, args.source)
  if (args.buyers !== undefined) looked.mapping.contact_buyers = buyersFrom(args.buyers)
  if (!looked.inspection.is_certain && looked.mapping.encoding === undefined) {
    for (const { encoding, sample } of looked.inspection.candidates)
      tell(`--encoding ${encoding}: ${sample.map(printable).join(' / ')}`)
    throw new AppError('import.encoding_uncertain', {
      encodings: looked.inspection.candidates.map((one) => one.encoding),
    })
  }
  imports.checkMapping(looked.mapping, looked.inspection.header)
  for (const { column, order, others } of looked.inspection.ambiguous_dates) {
    tell(`Dates in "${column}" are read as ${order}; ${others.join(' or ')} would fit too: a --mapping FILE can say.`)
  }
  if (current) return { founding: null, looked }
  // recognised by its columns, a preset is as good as named
  const preset = looked.preset === null ? null : imports.presetNamed(looked.preset)
  if (!preset?.currency || !preset.time_zone) {
    throw notFounded()
  }
  return { looked, founding: { name: 'My brand', currency: preset.currency, time_zone: parseZone(preset.time_zone) } }
}

/** A row of a file that may hold anything, for a terminal that obeys what it is sent. */
function printable(row: readonly string[]): string {
  const text = row.join(' ').replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
  return text.length > shownLetters ? `${text.slice(0, shownLetters)}…` : text
}

function dayFrom(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && addDays(text, 0) === text) return text
  throw new AppError('command.flag_invalid', { flag: '--as-of', allowed: 'a day, YYYY-MM-DD' })
}

function buyersFrom(text: string): 'guests' | 'members' {
  if (text === 'guests' || text === 'members') return text
  throw new AppError('command.flag_invalid', { flag: '--buyers', allowed: 'guests, members' })
}

async function mappingFrom(file: string, kind: Kind, source: string | undefined): Promise<imports.Mapping> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (thrown) {
    throw new AppError('import.mapping_unreadable', { file, reason: coerceError(thrown).message }, { cause: thrown })
  }
  const mapping = imports.parseMapping(value)
  if (mapping.kind !== kind) throw new AppError('import.kind_mismatch', { kind })
  return source ? { ...mapping, source } : mapping
}

/** The run, and the rows it refused. Of a dry run nothing is kept, however it ends. */
async function worked(
  running: Running,
  imported: imports.Import,
  args: Args,
  founding: Founding | null,
): Promise<imports.Import> {
  try {
    const done = await work(running, imported, args, founding)
    if (!done.error) await showRefused(running, done)
    return done
  } finally {
    if (args['dry-run']) await running.db.tx({ actor }, (tx) => imports.remove(tx, imported.import_id))
  }
}

async function work(
  { db, signal, tell }: Running,
  imported: imports.Import,
  args: Args,
  founding: Founding | null,
): Promise<imports.Import> {
  let shown = ''
  const onProgress = (progress: imports.Import['progress']) => {
    const line = progressLine(progress)
    if (line !== shown) tell((shown = line))
  }
  const options = { actor, signal, on_abort: 'cancel', onProgress } as const
  const { import_id, status } = imported
  if (args['dry-run']) {
    await db.tx({ actor }, (tx) => imports.beginCheck(tx, import_id, { as_job: false }))
    if (!founding) return imports.check(db, import_id, options)
    const { currency, time_zone } = founding
    const context = { currency, time_zone, today: dayOf(db.now(), time_zone) }
    return imports.check(db, import_id, { ...options, founding: { context, found: (tx) => found(tx, founding) } })
  }
  if (status === 'uploaded') await db.tx({ actor }, (tx) => imports.start(tx, import_id, { as_job: false }))
  else if (status !== 'running') await db.tx({ actor }, (tx) => imports.resume(tx, import_id, { as_job: false }))
  return runWhenFree(db, import_id, options, tell)
}

/** A run of the same file that died a moment ago is ours as soon as its connections are gone; one that lives is not. */
async function runWhenFree(
  db: Running['db'],
  import_id: string,
  options: imports.RunOptions,
  tell: Running['tell'],
): Promise<imports.Import> {
  const elapsed = stopwatch()
  for (;;) {
    try {
      return await imports.run(db, import_id, options)
    } catch (thrown) {
      const isBusy = thrown instanceof AppError && thrown.code === 'import.busy'
      if (!isBusy || elapsed() > imports.stale_ms + 5_000) throw thrown
      tell('Another process is at this file; waiting to see whether it lives.')
      await sleep(1_000)
    }
  }
}

function progressLine({
  stage,
  rows_read,
  rows_booked,
  rows_per_second,
  seconds_left,
}: imports.Import['progress']): string {
  const rows = stage === 'reading' ? rows_read : rows_booked
  const pace = rows_per_second === null ? '' : `, ${rows_per_second} rows/s`
  return `${stage}: ${rows} rows${pace}${seconds_left === null ? '' : `, ${seconds_left} s left`}`
}

async function showRefused({ db, tell }: Running, { import_id, counts, dry_run }: imports.Import): Promise<void> {
  const { data } = await imports.results(db, import_id, { outcome: 'refused', limit: shownRows })
  for (const { row_no, details } of data) {
    const reasons = details.map(({ code, column, value }) =>
      [code, column, value === undefined ? '' : `"${value}"`].filter(Boolean).join(' '),
    )
    tell(`row ${row_no} refused: ${reasons.join('; ')}`)
  }
  const refused = (dry_run ?? counts).refused
  if (refused > data.length) tell(`… and ${refused - data.length} more; see the import in the console.`)
}

/** The one sentence. */
async function oursOf({ db }: Running): Promise<string | null> {
  const { time_zone } = await program.current(db)
  const { members, ours, sales_share } = await reports.ours(db, dayOf(db.now(), time_zone))
  if (members === 0) return null
  const count = (n: number) => n.toLocaleString('en')
  const really = `${count(ours)} are really yours (reachable and buying within their rhythm)`
  const share =
    sales_share === null
      ? 'They brought no sales in the last year.'
      : `They bring ${Math.round(sales_share * 100)} % of sales.`
  return `Of ${count(members)} members, ${really}. ${share}`
}

function linesOf(kind: Kind, value: Record<string, number | string>, args: Args): string[] {
  const would = args['dry-run'] ? 'Dry run, nothing was changed. ' : ''
  const what =
    kind === 'orders'
      ? `${value['orders']} orders, ${value['cancellations']} refunds, ${value['members']} members`
      : `${value['members']} members`
  const rows = `${value['refused']} rows refused, ${value['repaired']} repaired`
  const lines = [`${would}${value['rows']} rows: ${what}; ${rows} (${value['seconds']} s).`]
  if (value['lots']) {
    const left = `fractions left out: ${value['points_remainder']}, balances below zero: ${value['points_negative']}`
    lines.push(`${value['lots']} opening lots; points opened: ${value['points']}, ${left}.`)
  }
  return lines
}
