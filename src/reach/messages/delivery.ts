/**
 * The worker: claims a batch, and chunk by chunk takes, renders, hands to the channel, writes down. The results of one
 * chunk and the taking of the next are one transaction, so a crash leaves at most one chunk of a batch uncertain.
 */
import { systemActor } from '../../base/actor.ts'
import type { Db } from '../../base/db.ts'
import { coerceError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { addMs } from '../../base/time.ts'
import {
  beat,
  claimBatch,
  clearTrouble,
  heartbeatSeconds,
  holdBatch,
  refuseLate,
  releaseBatch,
  reopenBatch,
  sendStatusOf,
  writeTrouble,
  type Batch,
} from './batches.ts'
import { settleChunk, takeChunk, type Returned, type Taken } from './chunks.ts'
import { codesOf, secretOf } from './codes.ts'
import { compile, nameOf, render, type Rendered } from './rendering.ts'
import { languageFor } from './rules.ts'
import { openedChannels, type OpenedChannels } from './opened-channels.ts'
import { onNewWork } from './sends.ts'
import { findTemplate } from './templates.ts'
import {
  ChannelTrouble,
  type Channel,
  type ContactPolicy,
  type Languages,
  type Outgoing,
  type SendRow,
  type Sent,
  type TemplateRow,
} from './types.ts'
import { programValues, type ProgramValues } from './values.ts'

/** Batches in work at once in one process: while one waits for the database, the other renders and sends. */
const loopsDefault = 2
/** How often a sending worker looks whether its wave was paused: pausing stops within a second. */
const watchMs = 250
/** Results that cannot be written (the database is away) are kept and tried again for so long, then given up. */
const settleMsMax = 120_000

export interface DeliveryOptions {
  channels: readonly Channel[]
  policy?: ContactPolicy
  loops?: number
  signal?: AbortSignal
  /** Told about troubles; nothing else is thrown out of a running delivery. */
  onError?: (error: Error) => void
}

const actor = systemActor('messages.deliver')
let workers = 0

/** Sends everything that is due now and returns how many messages left. For tests, demos and one-off commands. */
export async function deliver(db: Db, options: DeliveryOptions): Promise<{ sent: number }> {
  const delivery = openDelivery(db, options)
  try {
    const sent = await Promise.all(Array.from({ length: options.loops ?? loopsDefault }, () => delivery.drain()))
    return { sent: sent.reduce((sum, each) => sum + each, 0) }
  } finally {
    await delivery.close()
  }
}

export interface RunningDelivery {
  /** Lets the chunks in work end, puts the rest back, closes the channels. */
  stop(): Promise<void>
}

/** Sends whatever becomes due, until stopped: what `work` and `serve` run. */
export function startDelivery(db: Db, options: DeliveryOptions): RunningDelivery {
  const ending = new AbortController()
  const delivery = openDelivery(db, { ...options, signal: ending.signal })
  const idle = new Set<() => void>()
  const wake = () => {
    for (const go of idle) go()
  }
  const unlisten = onNewWork(wake)
  ending.signal.addEventListener('abort', wake)
  const loop = async () => {
    while (!ending.signal.aborted) {
      try {
        if ((await delivery.drain()) > 0) continue
      } catch (thrown) {
        options.onError?.(coerceError(thrown))
      }
      if (!ending.signal.aborted) await nap(idle)
    }
  }
  const seen = async () => delivery.sign().catch((thrown) => options.onError?.(coerceError(thrown)))
  const timer = setInterval(() => void seen(), heartbeatSeconds * 1000)
  void seen()
  const loops = Array.from({ length: options.loops ?? loopsDefault }, loop)
  return {
    async stop() {
      ending.abort()
      clearInterval(timer)
      unlisten()
      await Promise.all(loops)
      await delivery.close()
    },
  }
}

/** Work of other processes is found by looking once a second; our own wakes us at once. */
function nap(idle: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer)
      idle.delete(go)
      resolve()
    }
    const timer = setTimeout(go, 1_000)
    idle.add(go)
  })
}

interface Delivery {
  drain(): Promise<number>
  sign(): Promise<void>
  close(): Promise<void>
}

function openDelivery(db: Db, options: DeliveryOptions): Delivery {
  workers += 1
  const worker = `${process.pid}.${workers}.${Math.random().toString(36).slice(2, 8)}`
  const opened = openedChannels(db)
  const ended = () => options.signal?.aborted ?? false
  let claims = 0
  return {
    async drain() {
      let sent = 0
      while (!ended()) {
        claims += 1
        const claim = `${worker}.${claims}`
        const claimed = await db.tx({ actor }, (tx) => claimBatch(tx, claim))
        if (!claimed) return sent
        sent += await runBatch(db, options, opened, claimed.batch, claimed.send)
      }
      return sent
    },
    async sign() {
      await db.run(sql`
        with gone as (delete from message_workers where seen_at < ${addMs(db.now(), -3_600_000)}::timestamptz)
        insert into message_workers (worker, seen_at) values (${worker}::text, ${db.now()}::timestamptz)
        on conflict (worker) do update set seen_at = excluded.seen_at`)
    },
    async close() {
      await opened.close()
      await db.run(sql`delete from message_workers where worker = ${worker}::text`).catch(() => 0)
    },
  }
}

/** What rendering needs besides the member; read once a batch. */
interface Surroundings {
  template: TemplateRow
  program: ProgramValues
  secret: Buffer
  channel: Channel
}

/** Sends one batch. Answers how many messages the channel took. */
async function runBatch(
  db: Db,
  options: DeliveryOptions,
  opened: OpenedChannels,
  batch: Batch,
  send: SendRow,
): Promise<number> {
  const channel = options.channels.find((each) => each.name === send.channel)
  if (!channel) {
    const trouble = new ChannelTrouble('channel.not_found', send.channel)
    await settleAndTake(db, options, { batch, send, languages: {}, returned: [], stopping: true, trouble })
    return 0
  }
  const around: Surroundings = {
    template: (await findTemplate(db, send.template_id, send.template_version))!,
    program: await programValues(db),
    secret: await secretOf(db),
    channel,
  }
  const watch = watchBatch(db, batch, options.signal)
  let returned: Returned[] = []
  let trouble: ChannelTrouble | null = null
  let sent = 0
  try {
    for (;;) {
      const stopping = watch.signal.aborted || trouble !== null
      const { languages } = around.template
      const next = await settleAndTake(db, options, { batch, send, languages, returned, stopping, trouble })
      returned = []
      if (!next) return sent
      const outcome = await sendChunk(opened, around, send, next, watch.signal)
      returned = outcome.returned
      trouble = outcome.trouble
      if (trouble) options.onError?.(trouble)
      sent += returned.filter((each) => ['accepted', 'delivered', 'listed'].includes(each.sent.status)).length
    }
  } finally {
    watch.end()
  }
}

interface Exchange {
  batch: Batch
  send: SendRow
  languages: Languages
  returned: Returned[]
  stopping: boolean
  trouble: ChannelTrouble | null
}

/**
 * One transaction: results of the last chunk in, next chunk out; `null` when the batch is given back. While the
 * database is away the results wait: they are the only proof of what left.
 */
async function settleAndTake(db: Db, options: DeliveryOptions, exchange: Exchange): Promise<Taken[] | null> {
  for (let waited = 0, pause = 250; ; waited += pause, pause = Math.min(pause * 2, 10_000)) {
    try {
      return await db.tx({ actor }, async (tx) => {
        const { batch, send } = exchange
        const status = await holdBatch(tx, batch)
        await settleChunk(tx, send, batch.not_after, status, exchange.returned)
        if (status === 'lost') {
          await reopenBatch(tx, batch)
          return null
        }
        if (exchange.trouble) await writeTrouble(tx, send, exchange.trouble.code, exchange.trouble.message)
        else if (exchange.returned.length > 0 && send.trouble) await clearTrouble(tx, send.send_id)
        if (status === 'open' && !exchange.stopping) {
          for (;;) {
            const chunk = await takeChunk(tx, batch, send, options.policy, exchange.languages)
            if (chunk && chunk.length > 0) return chunk
            if (!chunk) break
          }
          if (batch.not_after <= tx.now) await refuseLate(tx, batch)
        }
        await releaseBatch(tx, batch)
        return null
      })
    } catch (thrown) {
      if (exchange.returned.length === 0 || waited > settleMsMax) throw thrown
      options.onError?.(coerceError(thrown))
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

/** Renders and sends. Whatever goes wrong becomes a result of its message, never an exception. */
async function sendChunk(
  opened: OpenedChannels,
  around: Surroundings,
  send: SendRow,
  chunk: Taken[],
  signal: AbortSignal,
): Promise<{ returned: Returned[]; trouble: ChannelTrouble | null }> {
  const results = new Map<number, Sent>()
  const rendered = new Map<number, { language: string; words: Rendered }>()
  const outgoing: Outgoing[] = []
  for (const taken of chunk) {
    try {
      const { language, words, unsubscribe } = renderFor(around, send, taken)
      rendered.set(taken.message_id, { language, words })
      outgoing.push({
        ref: codesOf(around.secret, taken.message_id).control,
        message_id: taken.message_id,
        address: taken.standing.address!,
        name: nameOf(taken.standing) || null,
        language,
        purpose: send.purpose,
        ...words,
        unsubscribe_url: send.purpose === 'marketing' ? unsubscribe : null,
      })
    } catch (thrown) {
      const detail = coerceError(thrown).message
      results.set(taken.message_id, {
        message_id: taken.message_id,
        status: 'failed',
        reason: 'render_failed',
        detail,
      })
    }
  }
  let trouble: ChannelTrouble | null = null
  try {
    const channel = await opened.open(around.channel)
    for (const sent of await channel.send(outgoing, signal)) results.set(sent.message_id, sent)
  } catch (thrown) {
    trouble =
      thrown instanceof ChannelTrouble
        ? thrown
        : new ChannelTrouble('channel.broken', coerceError(thrown).message, [], thrown)
    for (const sent of trouble.sent) results.set(sent.message_id, sent)
  }
  const returned = chunk.map((taken): Returned => {
    const kept = rendered.get(taken.message_id)
    const body = around.channel.keeps_body ? kept?.words : undefined
    return {
      taken,
      language: kept?.language ?? null,
      subject: kept?.words.subject ?? null,
      html: body?.html ?? null,
      text: body?.text ?? null,
      sent: results.get(taken.message_id) ?? unanswered(taken.message_id, trouble),
    }
  })
  return { returned, trouble }
}

/** A channel that answers for all but one, or breaks in a way it has no name for, may have sent it. */
function unanswered(message_id: number, trouble: ChannelTrouble | null): Sent {
  return trouble && trouble.code !== 'channel.broken'
    ? { message_id, status: 'unsent' }
    : { message_id, status: 'uncertain', reason: 'channel_silent' }
}

function renderFor(
  around: Surroundings,
  send: SendRow,
  taken: Taken,
): { language: string; words: Rendered; unsubscribe: string } {
  const { template, program, secret, channel } = around
  const language = languageFor(taken.standing.locale, Object.keys(template.languages), program.default_language)!
  const codes = codesOf(secret, taken.message_id)
  const unsubscribe = unsubscribeUrl(send.base_url, codes.control)
  const words = render(compile(template, language), taken.standing, program, {
    link: `${send.base_url}/l/${codes.link}`,
    // where staff read the kept text, a pixel would count them
    pixel: channel.keeps_body ? '' : `${send.base_url}/v1/open/messages/pixels/${codes.link}`,
    // every character of an SMS costs
    unsubscribe: send.medium === 'sms' ? `${send.base_url}/l/${codes.control}` : unsubscribe,
  })
  return { language, words, unsubscribe }
}

/** One click there withdraws; a look there does not. */
export function unsubscribeUrl(base_url: string, control: string): string {
  return `${base_url}/v1/open/unsubscribe/${control}`
}

interface Watch {
  signal: AbortSignal
  end(): void
}

/** Keeps the claim alive and ends the signal when the wave is paused or the process is leaving. */
function watchBatch(db: Db, batch: Batch, outer: AbortSignal | undefined): Watch {
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  if (outer?.aborted) stop()
  outer?.addEventListener('abort', stop, { once: true })
  let beats = 0
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    beats += 1
    const looked = sendStatusOf(db, batch.send_id).then((status) => {
      if (status !== 'open') stop()
    })
    const beaten = beats % Math.round((heartbeatSeconds * 1000) / watchMs) === 0 ? beat(db, batch) : null
    // the database is away: the chunk in work goes on, its results are written when it is back
    void Promise.allSettled([looked, beaten]).then(() => (busy = false))
  }, watchMs)
  return {
    signal: stopping.signal,
    end() {
      clearInterval(timer)
      outer?.removeEventListener('abort', stop)
    },
  }
}
