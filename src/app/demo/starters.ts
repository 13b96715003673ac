/** What a marketer of the demo brand has made already: three segments and a template, so that no page begins empty. */
import '../fields.ts'
import type { Tx } from '../../base/db.ts'
import * as messages from '../../reach/messages/messages.ts'
import * as segments from '../../reach/segments/segments.ts'

const and = (...rules: unknown[]) => ({ combinator: 'and' as const, rules })

const starters = [
  {
    name: '瞌睡的常客',
    note: '買過六次以上，最近比平常久沒來',
    condition: and(
      { field: 'state', operator: 'equals', value: 'drowsy' },
      { field: 'order_count', operator: 'at_least', value: 6 },
    ),
  },
  {
    name: '90 天內買過兩次水果茶',
    note: '夏天的熟面孔',
    condition: and({
      field: 'purchases',
      operator: 'at_least',
      value: 2,
      where: [{ field: 'category', operator: 'equals', value: '水果茶' }],
      within: { last: 90, unit: 'day' },
    }),
  },
  {
    name: '收得到信的會員',
    note: '有信箱、同意收信',
    condition: and({ field: 'reachable_by_email', operator: 'is', value: true }),
  },
]

/** Saves them once; a demo that is taken up again keeps what is there. */
export async function makeStarters(tx: Tx): Promise<void> {
  const known = new Set((await segments.list(tx)).map((segment) => segment.name))
  if (starters.some((starter) => known.has(starter.name))) return
  for (const starter of starters) await segments.create(tx, starter)
  await messages.createTemplate(tx, {
    name: '好久不見',
    medium: 'email',
    languages: {
      'zh-TW': {
        subject: '{{ member.name }}，好久不見',
        html: '<p>你有 {{ points }} 點，新的冬茶到了。</p><p><a href="https://wusong.example/menu">看看新茶</a></p>',
      },
      en: {
        subject: 'It has been a while, {{ member.first_name }}',
        html:
          '<p>You have {{ points }} points, and the winter teas are in.</p>' +
          '<p><a href="https://wusong.example/menu">See the new teas</a></p>',
      },
      'zh-CN': {
        subject: '{{ member.name }}，好久不见',
        html: '<p>你有 {{ points }} 积分，新的冬茶到了。</p><p><a href="https://wusong.example/menu">看看新茶</a></p>',
      },
    },
  })
}
