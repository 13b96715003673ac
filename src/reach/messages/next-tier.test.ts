import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { channels } from '../../app/channels.ts'
import { sql } from '../../base/sql.ts'
import * as messages from './messages.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await world.as('marketer').call('POST /v1/admin/orders', {
    body: {
      source: 'till',
      source_id: 'N1',
      status: 'completed',
      member: { member_id: world.cast.wang },
      occurred_at: world.now().toISOString(),
      lines: [{ sku: 'TEA', quantity: 1, gross_minor: 1_500 }],
    },
  })
})
afterAll(() => world.close())

const html =
  '{% if next_tier %}<p>{{ to_next_tier }} → {{ next_tier.name }} ({{ next_tier.missing }})</p>{% else %}<p>top</p>{% endif %}'
const languages = { en: { subject: 'Hello', html }, 'zh-TW': { subject: '你好', html } }
const kind = { medium: 'email' as const, purpose: 'service' as const }

/** What the next tier needs, less what was bought. */
async function missing(): Promise<{ amount: number; name: string }> {
  const { data } = await world.as('marketer').call('GET /v1/admin/tiers')
  const { rule } = await world.as('marketer').call('GET /v1/admin/tier-rules/current')
  const next = data[1]!
  return { amount: rule.thresholds[next.code]! - 1_500, name: next.names['en']! }
}

it('a preview says how much is missing to the next tier; on the highest, and for a guest, there is none', async () => {
  const { amount, name } = await missing()
  const read = async (member_id: string) => {
    const body = { ...kind, languages, member_id }
    const { previews, unknown } = await world.as('marketer').call('POST /v1/admin/templates/previews', { body })
    expect(unknown).toEqual([])
    return previews.find(({ language }) => language === 'en')!.html!
  }
  expect(await read(world.cast.wang)).toContain(`NT$${amount.toLocaleString('en')} → ${name} (${amount})`)
  expect(await read(world.cast.guest)).toContain('<p>top</p>')
  const dearest = await world.tx(async (tx) =>
    tx.row<{ code: string }>(sql`select code from tiers order by rank desc`),
  )
  const { rule } = await world.as('marketer').call('GET /v1/admin/tier-rules/current')
  await world.as('marketer').call('POST /v1/admin/orders', {
    body: {
      source: 'till',
      source_id: 'N2',
      status: 'completed',
      member: { member_id: world.cast.chen },
      occurred_at: world.now().toISOString(),
      lines: [{ sku: 'TEA', quantity: 1, gross_minor: rule.thresholds[dearest!.code]! }],
    },
  })
  expect(await read(world.cast.chen)).toContain('<p>top</p>')
})

it('what is sent says the same as the preview', async () => {
  const { amount } = await missing()
  const send_id = await world.tx(async (tx) => {
    await tx.run(sql`
      update members set email = 'wang@example.com' where member_id = ${world.cast.wang}::uuid and email is null`)
    const { template_id } = await messages.createTemplate(tx, { name: 'Near', ...kind, languages })
    const send = await messages.openSend(tx, {
      origin: 'campaign',
      origin_id: 'near',
      template_id,
      base_url: 'http://127.0.0.1:8080',
    })
    await messages.queue(tx, send.send_id, {
      members: messages.membersById([world.cast.wang]),
      not_after: new Date(tx.now.getTime() + 86_400_000),
    })
    return send.send_id
  })
  const onError = (error: Error) => {
    throw error
  }
  await messages.deliver(world.db, { channels, onError })
  const body = await world.db.row<{ html: string }>(sql`
    select body.html from messages join message_bodies body using (member_id, message_id)
    where messages.send_id = ${send_id}::uuid`)
  expect(body!.html).toContain(`NT$${amount.toLocaleString('en')} → `)
})
