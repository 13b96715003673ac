/** A pool as a child would keep it: every point a coin in somebody's box. A second opinion that shares no code. */
import { addDays } from '../../../base/time.ts'

interface Coin {
  owner: string
  /** Its last day; no two lots share one, so that it is plain which coin comes first. */
  last: string
  hold: string | null
}
interface Spent {
  buyer: string
  coins: { lender: string; last: string }[]
}

export class Coins {
  boxes: Coin[] = []
  inPool = new Set<string>()
  holds = new Map<string, { buyer: string; until: number }>()
  spends = new Map<string, Spent>()

  /** The hold's coins are free once its time is over, coins end with their day. */
  at(now: number, day: string): void {
    for (const [id, hold] of this.holds) if (hold.until <= now) this.release(id)
    this.boxes = this.boxes.filter((coin) => coin.hold !== null || coin.last >= day)
  }

  private free(owners: readonly string[]): Coin[] {
    return this.boxes
      .filter((coin) => coin.hold === null && owners.includes(coin.owner))
      .sort((a, b) => (a.last < b.last ? -1 : 1))
  }

  private mates(member: string): string[] {
    return this.inPool.has(member) ? [...this.inPool].filter((one) => one !== member) : []
  }

  spendable(member: string): [own: number, pooled: number] {
    return [this.free([member]).length, this.free(this.mates(member)).length]
  }

  hold(id: string, buyer: string, points: number, until: number): boolean {
    const coins = [...this.free([buyer]), ...this.free(this.mates(buyer))]
    if (coins.length < points) return false
    for (const coin of coins.slice(0, points)) coin.hold = id
    this.holds.set(id, { buyer, until })
    return true
  }

  release(id: string): void {
    for (const coin of this.boxes) if (coin.hold === id) coin.hold = null
    this.holds.delete(id)
  }

  commit(id: string): boolean {
    const hold = this.holds.get(id)
    if (!hold) return false
    const taken = this.boxes.filter((coin) => coin.hold === id)
    this.boxes = this.boxes.filter((coin) => coin.hold !== id)
    this.spends.set(id, { buyer: hold.buyer, coins: taken.map(({ owner, last }) => ({ lender: owner, last })) })
    this.holds.delete(id)
    return true
  }

  /** Back to the buyer, or to those whose coins they were; what has ended is the buyer's, for thirty days. */
  undo(id: string, day: string, toLenders: boolean): boolean {
    const spend = this.spends.get(id)
    if (!spend) return false
    for (const { lender, last } of spend.coins) {
      const isOver = last < day
      const owner = toLenders && !isOver ? lender : spend.buyer
      this.boxes.push({ owner, last: isOver ? addDays(day, 30) : last, hold: null })
    }
    this.spends.delete(id)
    return true
  }

  lots(member: string): [last: string, points: number][] {
    const byDay = new Map<string, number>()
    for (const coin of this.boxes.filter((one) => one.owner === member))
      byDay.set(coin.last, (byDay.get(coin.last) ?? 0) + 1)
    return [...byDay].sort(([a], [b]) => (a < b ? -1 : 1))
  }
}
