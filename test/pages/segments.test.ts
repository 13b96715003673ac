import { afterAll, beforeAll, expect, test } from 'vitest'
import { offences } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
beforeAll(async () => {
  world = await openWorld()
  opened = await openConsole(world)
  const orders = [
    ['M1', 3],
    ['M1', 40],
    ['M2', 200],
  ].map(([id, days], i) => ({
    source: 'wusong',
    source_id: `S-${i}`,
    status: 'completed' as const,
    store: 'XINYI',
    member: { external_id: { source: 'wusong', id } },
    lines: [{ sku: 'OOLONG', name: '凍頂烏龍', category: 'tea', quantity: 2, gross_minor: 1280 }],
    occurred_at: new Date(world.now().getTime() - Number(days) * 86_400_000).toISOString(),
  }))
  await world.as('marketer').call('POST /v1/admin/orders/batch', { body: { orders } as never })
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

const boughtTea = {
  combinator: 'and',
  rules: [
    {
      field: 'purchases',
      operator: 'at_least',
      value: 2,
      where: [{ field: 'category', operator: 'equals', value: 'tea' }],
      within: { last: 90, unit: 'day' },
    },
    { field: 'purchases', operator: 'at_most', value: 0, within: { previous: 'year' } },
    {
      combinator: 'or',
      not: true,
      rules: [
        { field: 'tags', operator: 'has_any', value: ['vip'] },
        { field: 'birthday', operator: 'within', value: { next: 7, unit: 'day' } },
      ],
    },
  ],
}
const peopleOf = (condition: object) => `/segments/people?condition=${encodeURIComponent(JSON.stringify(condition))}`

test('a condition is built, counted while it is built, said in words, saved and put away', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/segments')
  await page.getByText('No segments yet').waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('link', { name: 'New segment' }).first().click()
  await page.getByText('No condition yet: that is everybody.').first().waitFor()
  await page.getByRole('link', { name: '4, show who' }).waitFor()

  await page.getByRole('combobox', { name: 'Add a condition' }).click()
  await page.getByRole('option', { name: 'can be written to by e-mail' }).click()
  await page.getByRole('link', { name: '3, show who' }).waitFor()
  await page.getByText('75.0% of your 4 members').waitFor()
  await page.getByRole('combobox', { name: 'Add a condition' }).click()
  await page.getByRole('option', { name: 'tags', exact: true }).click()
  await page.getByText('Finish the condition').waitFor()
  await page.getByRole('combobox', { name: 'tags: Value' }).click()
  await page.getByRole('option', { name: 'vip' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: '1, show who' }).waitFor()
  await page.getByText('can be written to by e-mail, and tags: vip').waitFor()
  expect(await offences(page)).toEqual([])

  await page.keyboard.press('Control+s')
  await page.getByText('A segment needs a name.').waitFor()
  await page.getByRole('textbox', { name: 'Name' }).fill('名字很長的分眾：過去一年在信義店買過限量禮盒的會員')
  await page.keyboard.press('Control+s')
  await page.getByText('1 member: can be written to by e-mail, and tags: vip.').waitFor()
  await page.getByRole('link', { name: '歐陽菲菲' }).waitFor()
  await page.getByRole('link', { name: 'Write to 1 members' }).waitFor()
  expect(await offences(page)).toEqual([])

  await page.getByRole('button', { name: 'Put away' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Put away' }).click()
  await page.getByText('No segments yet').waitFor()
  expect(faults).toEqual([])
})

test('the people behind a number are listed, with the condition as a sentence in each language', async () => {
  const said = {
    en: 'bought at least 2 times in the last 90 days (category is tea), and did not buy last year, and not (tags: vip or birthday in the next 7 days)',
    'zh-TW':
      '最近 90 天內購買至少 2 次（分類是「tea」），而且去年沒有購買，而且不符合（標籤有「vip」或生日在接下來 7 天內）',
    'zh-CN':
      '最近 90 天内购买至少 2 次（品类是“tea”），并且去年没有购买，并且不满足（标签有“vip”或生日在未来 7 天内）',
  }
  for (const [language, sentence] of Object.entries(said)) {
    const { page, faults } = await opened.visit({ as: 'marketer', language })
    await page.goto(peopleOf(boughtTea))
    await page.getByText(sentence).waitFor()
    await page.getByRole('link', { name: '王小明' }).waitFor()
    expect(await offences(page)).toEqual([])
    expect(faults).toEqual([])
  }
})

test('an address that holds no condition says so; nobody there says why', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer', language: 'zh-TW', screen: 'phone' })
  await page.goto('/segments/people?condition=%7B')
  await page.getByText('網址裡沒有條件').waitFor()
  await page.goto(
    peopleOf({ combinator: 'and', rules: [{ field: 'order_count', operator: 'more_than', value: 99 }] }),
  )
  await page.getByText('目前沒有人符合').waitFor()
  await page.getByRole('link', { name: '存成分眾' }).click()
  await page.getByRole('textbox', { name: '值' }).waitFor()
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

test('a slow count can be stopped, and one that fails says why; the condition stays', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  let asked = 0
  // the database is quick here: the answer is held back on its way
  await page.route('**/segments/counts', async (route) => {
    const { condition } = route.request().postDataJSON() as { condition: { rules: unknown[] } }
    if (condition.rules.length === 0) return route.continue()
    asked += 1
    if (asked > 1)
      await route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'query.timed_out', params: {} }),
      })
  })
  await page.goto(`/segments/new?condition=${encodeURIComponent(JSON.stringify(boughtTea))}`)
  await page.getByRole('button', { name: 'Stop counting' }).click()
  await page.getByText('Stopped.').waitFor()
  await page.getByRole('button', { name: 'Count again' }).click()
  await page.getByText('This took too long and was stopped.').waitFor()
  expect(asked).toBe(2)
  await page.getByText('bought at least 2 times in the last 90 days').waitFor()
  expect(faults).toEqual([])
})
