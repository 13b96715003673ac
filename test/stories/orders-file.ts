/** The export of an old till: some hundred customers with a rhythm, one we follow, and two rows nobody can read. */
import { writeFileSync } from 'node:fs'
import { addDays, dayOf } from '../../src/base/time.ts'

const zone = 'Asia/Taipei'
/** Found by `wxm`; the demo's own names do not hold hers. */
export const followed = { name: '王小滿', phone: '0987654321', orders: 6 }
const customers = 500
const ordersEach = 4

/** Writes the file; answers how many of its rows can be read and how many cannot. */
export function writeOrdersFile(file: string, now: Date): { taken: number; refused: number } {
  const day = (ago: number) => addDays(dayOf(now, zone), -ago).replaceAll('-', '/')
  const rows = ['訂單編號,下單時間,會員編號,會員手機,會員姓名,商品名稱,數量,小計,那一家']
  const add = (id: string, ago: number, phone: string, name: string, amount: string) =>
    rows.push(`${id},${day(ago)} 15:30,K${phone.slice(1)},${phone},${name},四季春青茶,2,${amount},TPE-XY`)
  // every ninth day, three days ago the last time
  for (let i = 0; i < followed.orders; i += 1) add(`W${i}`, 3 + 9 * i, followed.phone, followed.name, '700')
  for (let i = 0; i < customers; i += 1) {
    const phone = `0988${String(i).padStart(6, '0')}`
    for (let k = 0; k < ordersEach; k += 1) add(`O${i}-${k}`, 5 + (i % 10) + 20 * k, phone, `茶友${i}`, '350')
  }
  add('X1', 8, '0989000001', '無價小姐', '免費')
  rows.push('X2,某一天,K989000002,0989000002,無日先生,四季春青茶,1,35,TPE-XY')
  writeFileSync(file, rows.join('\n') + '\n')
  return { taken: followed.orders + customers * ordersEach, refused: 2 }
}
