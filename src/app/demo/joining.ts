/** Where the demo brand invites people, and what it asks them afterwards. */
import type { Tx } from '../../base/db.ts'
import { createSource, sources } from '../../reach/joining/sources.ts'
import { keepSteps } from '../../reach/joining/steps.ts'
import * as stores from '../../record/stores/stores.ts'

const choices = [
  { value: '無糖派', names: { 'zh-TW': '無糖', en: 'No sugar', 'zh-CN': '无糖' } },
  { value: '奶茶派', names: { 'zh-TW': '奶茶', en: 'Milk tea', 'zh-CN': '奶茶' } },
  { value: '果茶派', names: { 'zh-TW': '水果茶', en: 'Fruit tea', 'zh-CN': '水果茶' } },
]

/** Two posters and three questions; a demo that is taken up again keeps what is there. */
export async function makeJoining(tx: Tx): Promise<void> {
  if ((await sources(tx, tx.now)).some((one) => one.source_id !== null)) return
  const store_id = (await stores.all(tx))[0]?.store_id ?? null
  await createSource(tx, { name: '櫃檯立牌', kind: 'counter', code: 'counter-stand', store_id })
  await createSource(tx, { name: '捷運燈箱海報', kind: 'poster', code: 'metro', store_id: null })
  await keepSteps(tx, {
    steps: [
      {
        field: 'birth_date',
        names: { 'zh-TW': '您的生日是哪一天？', en: 'When is your birthday?', 'zh-CN': '您的生日是哪一天？' },
        choices: [],
        reward: { kind: 'points', points: 20 },
        is_on: true,
      },
      {
        field: 'preferences',
        names: { 'zh-TW': '您喜歡哪一種茶？', en: 'Which tea do you like?', 'zh-CN': '您喜欢哪一种茶？' },
        choices,
        reward: { kind: 'points', points: 10 },
        is_on: true,
      },
      {
        field: 'city',
        names: { 'zh-TW': '您住在哪裡？', en: 'Where do you live?' },
        choices: [],
        reward: null,
        is_on: true,
      },
    ],
    completion_reward: { kind: 'points', points: 30 },
  })
}
