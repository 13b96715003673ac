/** A program with 100,000 members who may be mailed, for the benches of campaigns. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import '../src/app/fields.ts'
import { systemActor } from '../src/base/actor.ts'
import type { Db } from '../src/base/db.ts'
import { sql } from '../src/base/sql.ts'
import * as messages from '../src/reach/messages/messages.ts'
import * as segments from '../src/reach/segments/segments.ts'

export const recipients = 100_000
const actor = systemActor('bench')

/** Members with an address and a consent, straight into the tables. */
export async function fillRecipients(db: Db, count: number): Promise<void> {
  await db.tx({ actor }, async (tx) => {
    await tx.run(sql`
      insert into members (member_id, kind, display_name, email, locale, joined_at, created_at, updated_at)
      select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'member', '會員' || n,
        'm' || n || '@example.com', 'zh-TW',
        ${tx.now}::timestamptz, ${tx.now}::timestamptz, ${tx.now}::timestamptz
      from generate_series(1, ${count}::int) n`)
    await tx.run(sql`
      insert into member_consents (member_id, channel, purpose, status, at)
      select member_id, 'email', 'marketing', 'granted', created_at from members`)
  })
  await db.pool.query('vacuum analyze')
}

export const html = `<h1>{{ member.first_name | default: "朋友" }}，好久不見</h1><p>你有 {{ points }} 點。</p>
<p><a href="https://shop.example/menu">看看新茶</a> · <a href="https://shop.example/stores">門市</a></p>
${'<p>四季春、凍頂烏龍、東方美人。</p>'.repeat(8)}`

/** A template in one language and a segment of everybody. */
export async function prepareCampaign(db: Db): Promise<{ template_id: string; segment_id: string }> {
  return db.tx({ actor }, async (tx) => {
    const template = await messages.createTemplate(tx, {
      name: 'Bench',
      medium: 'email',
      purpose: 'marketing',
      languages: { 'zh-TW': { subject: '好久不見', html } },
    })
    const segment = await segments.create(tx, { name: 'Everybody', condition: { combinator: 'and', rules: [] } })
    return { template_id: template.template_id, segment_id: segment.segment_id }
  })
}

/** Starts the sink in its own process. */
export async function openSink(): Promise<{ port: number; close(): void }> {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'sink.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())))
    child.once('exit', (code) => reject(new Error(`the sink ended with ${code}`)))
  })
  return { port, close: () => void child.kill() }
}
