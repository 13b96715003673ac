import { systemActor } from '../src/base/actor.ts'
import type { Db } from '../src/base/db.ts'
import { sql } from '../src/base/sql.ts'
import * as members from '../src/record/members/members.ts'
import { lane_count } from '../src/value/imports/planning.ts'
import { personOf } from '../src/app/demo/people.ts'
import { asAsked, median, openBenchDatabase, secondsOf, type Bench } from './bench.ts'

const total = 1_000_000
/** Members a second, and what COPY reached where they were asked. */
const [asked, bareThere] = [30_000, 170_000]
/** As many as an import takes at once, and as many transactions as it keeps going. */
const chunk = 2_000
const lanes = lane_count
/** Thought up at once: at the end of each round one of the lanes has nothing to do. */
const roundChunks = 48

/** A million members through the verb of the API and of the import: validated, deduplicated, consents and all. */
export const bench: Bench = {
  name: 'members',
  async run(tell) {
    const { db, close } = await openBenchDatabase()
    try {
      const before = await bareCopy(db)
      const writing = await upsertPeople(db, total)
      const after = await bareCopy(db)
      tell(
        `bare COPY into a table with four indexes: ${Math.round(total / before)} members/s before it, ` +
          `${Math.round(total / after)} after it`,
      )
      const limit = median([before, after])
      return asAsked(
        { asked, share: asked / bareThere, bare: total / limit },
        total / writing,
        'members/s',
        'upsert of 1,000,000 members with identities and consents; bare: COPY into four indexes',
      )
    } finally {
      await close()
    }
  },
}

/** Members from number 0 on, by the verb; answers the seconds it took, without those in which they were thought up. */
export async function upsertPeople(db: Db, count: number): Promise<number> {
  let writing = 0
  for (let from = 0; from < count; from += chunk * roundChunks) {
    // made outside the clock: a file's parsing is measured by the import bench
    const upTo = Math.min(count, from + chunk * roundChunks)
    const chunks: members.MemberInput[][] = []
    for (let at = from; at < upTo; at += chunk) {
      chunks.push(Array.from({ length: Math.min(chunk, upTo - at) }, (_, i) => inputOf(at + i)))
    }
    const upsertNext = async (): Promise<void> => {
      for (let inputs = chunks.shift(); inputs; inputs = chunks.shift()) {
        const rows = inputs
        await db.tx({ actor: systemActor('bench') }, (tx) => members.upsert(tx, rows, { source: 'bench' }))
      }
    }
    writing += await secondsOf(() => Promise.all(Array.from({ length: lanes }, upsertNext)))
  }
  return writing
}

const span = { from: '2024-01-01', days: 730 }

/** Member `number` of the benches: the same at every call. */
export function inputOf(number: number): members.MemberInput {
  const person = personOf(3, number, span)
  return {
    external_id: `B${number}`,
    display_name: person.display_name,
    phone: person.phone,
    ...(person.email ? { email: person.email } : {}),
    birth_date: person.birth_date,
    locale: person.locale,
    consents: person.consents.map((consent) => ({
      ...consent,
      purpose: 'marketing',
      method: 'form',
      at: new Date(0),
    })),
  }
}

/** Seconds for COPY of as many plain rows into a table with four live indexes. */
async function bareCopy(db: Db): Promise<number> {
  await db.run(sql`
    create table bare_members (member_id uuid primary key, external_id text, name text, phone text, email text,
      birth text)`)
  await db.run(sql`create unique index on bare_members (phone)`)
  await db.run(sql`create unique index on bare_members (external_id)`)
  await db.run(sql`create index on bare_members (email)`)
  const lines = Array.from({ length: total }, (_, i) => {
    const hex = i.toString(16).padStart(12, '0')
    const phone = `+8869${String(i).padStart(8, '0')}`
    return `00000000-0000-7000-8000-${hex}\tB${i}\t王小明\t${phone}\tm${i}@example.com\t1990-01-01\n`
  })
  const seconds = await secondsOf(() =>
    db.tx({ actor: systemActor('bench') }, async (tx) => {
      const stream = await tx.copyIn('copy bare_members from stdin')
      for (let at = 0; at < lines.length; at += 5_000) {
        if (!stream.write(lines.slice(at, at + 5_000).join('')))
          await new Promise((resolve) => stream.once('drain', resolve))
      }
      await new Promise<void>((resolve, reject) => {
        stream.once('finish', resolve).once('error', reject)
        stream.end()
      })
    }),
  )
  await db.run(sql`drop table bare_members`)
  return seconds
}
