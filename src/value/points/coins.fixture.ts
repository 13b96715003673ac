/**
 * The law of points told a second time, as simply as can be: each point is a coin. Slow, obvious, and sharing no
 * line with the ledger; random histories must leave both with the same.
 */

interface Coin {
  nth: number
  order: string | null
  active_on: number
  ends_on: number
  earned: number
  spent_for: string | null
}
interface Bought {
  earned: number
  counted: number
  refunded: number
  taken: number
}

/** So many coins of each minting set aside until a day. */
interface Held {
  parts: { nth: number; count: number }[]
  until: number
  state: 'held' | 'committed' | 'released'
}

export class Coins {
  coins: Coin[] = []
  ended: Coin[] = []
  gone: Coin[] = []
  debt = 0
  orders = new Map<string, Bought>()
  holds = new Map<string, Held>()
  nth = 0
  today = 0
  waiting: number
  life: number

  /** Days before a coin can be spent, and after which it ends. */
  constructor(waiting: number, life: number) {
    this.waiting = waiting
    this.life = life
  }

  /** Day by day: who owes pays from what holds that ended left free, unless its last day was over by then. */
  pass(day: number): void {
    while (this.today < day) {
      this.today += 1
      this.turn(this.today)
    }
    this.turn(day)
  }

  /** Coins whose last day is over end, unless coins of their minting are set aside. */
  turn(day: number): void {
    const over = (coin: Coin) => coin.ends_on < day && this.claimed(coin.nth, day) === 0
    this.ended.push(...this.coins.filter(over))
    this.coins = this.coins.filter((coin) => !over(coin))
    const paid = this.lastToEnd(this.loose(day), day).slice(0, this.debt)
    this.coins = this.coins.filter((coin) => !paid.includes(coin))
    this.debt -= paid.length
  }

  /** How many of a minting are set aside. */
  claimed(nth: number, day: number): number {
    let count = 0
    for (const { parts, until, state } of this.holds.values())
      if (state === 'held' && until > day) for (const part of parts) if (part.nth === nth) count += part.count
    return count
  }

  /** Of each minting those that nobody has set aside. */
  loose(day: number): Coin[] {
    return [...new Set(this.coins.map((coin) => coin.nth))].flatMap((nth) =>
      this.coins.filter((coin) => coin.nth === nth).slice(this.claimed(nth, day)),
    )
  }

  /** What can be spent. */
  free(day: number): Coin[] {
    return this.byEnd(this.loose(day).filter((coin) => coin.active_on <= day && coin.ends_on >= day))
  }

  /** What is taken back, in this order: what can be spent before what cannot yet. */
  lastToEnd(coins: Coin[], day: number): Coin[] {
    const sorted = this.byEnd(coins).reverse()
    return [...sorted.filter((coin) => coin.active_on <= day), ...sorted.filter((coin) => coin.active_on > day)]
  }

  hold(name: string, points: number, day: number, until: number): boolean {
    this.pass(day)
    const free = this.free(day)
    if (free.length < points) return false
    const parts = new Map<number, number>()
    for (const coin of free.slice(0, points)) parts.set(coin.nth, (parts.get(coin.nth) ?? 0) + 1)
    this.holds.set(name, { parts: [...parts].map(([nth, count]) => ({ nth, count })), until, state: 'held' })
    return true
  }

  release(name: string, day: number): boolean {
    this.pass(day)
    const hold = this.holds.get(name)
    if (!hold || hold.state === 'committed') return false
    hold.state = 'released'
    this.pass(day)
    return true
  }

  /** What is set aside is there, whatever happened. */
  commit(name: string, day: number): boolean {
    this.pass(day)
    const hold = this.holds.get(name)
    if (!hold || hold.state === 'released' || (hold.state === 'held' && hold.until <= day)) return false
    if (hold.state === 'committed') return true
    hold.state = 'committed'
    for (const { nth, count } of hold.parts)
      for (const coin of this.coins.filter((one) => one.nth === nth).slice(0, count)) {
        this.coins.splice(this.coins.indexOf(coin), 1)
        this.gone.push({ ...coin, spent_for: name })
      }
    return true
  }

  mint(count: number, coin: Omit<Coin, 'nth' | 'spent_for'>): void {
    this.nth += 1
    const paid = Math.min(this.debt, count)
    this.debt -= paid
    for (let i = paid; i < count; i += 1) this.coins.push({ ...coin, nth: this.nth, spent_for: null })
  }

  earn(order: string, net: number, day: number): void {
    this.pass(day)
    const earned = Math.floor(net / 100)
    this.orders.set(order, { earned, counted: net, refunded: 0, taken: 0 })
    this.mint(earned, { order, active_on: day + this.waiting, ends_on: day + this.life, earned: day })
  }

  /** First to end, then first earned. */
  byEnd(coins: Coin[]): Coin[] {
    return [...coins].sort((a, b) => a.ends_on - b.ends_on || a.earned - b.earned || a.nth - b.nth)
  }

  spend(name: string, points: number, day: number): boolean {
    this.pass(day)
    const spendable = this.free(day)
    if (spendable.length < points) return false
    for (const coin of spendable.slice(0, points)) {
      this.coins.splice(this.coins.indexOf(coin), 1)
      this.gone.push({ ...coin, spent_for: name })
    }
    return true
  }

  /** The next so many of a spend, last to end first; all that is left unless said. */
  restore(name: string, day: number, points?: number): boolean {
    this.pass(day)
    const left = this.byEnd(this.gone.filter((coin) => coin.spent_for === name)).reverse()
    if (left.length === 0 || (points ?? 0) > left.length) return false
    const back = left.slice(0, points ?? left.length)
    this.gone = this.gone.filter((coin) => !back.includes(coin))
    const alive = back.filter((coin) => coin.ends_on >= day)
    const paid = Math.min(this.debt, alive.length)
    this.debt -= paid
    this.coins.push(...alive.slice(paid))
    const over = back.length - alive.length
    if (over > 0) this.mint(over, { order: null, active_on: day, ends_on: day + 30, earned: day })
    return true
  }

  adjust(points: number, day: number): boolean {
    this.pass(day)
    if (points < 0) return this.spend('', -points, day)
    this.mint(points, { order: null, active_on: day, ends_on: day + this.life, earned: day })
    return true
  }

  refund(order: string, net: number, day: number): void {
    this.pass(day)
    const bought = this.orders.get(order)!
    bought.refunded = Math.min(bought.counted, bought.refunded + net)
    const target = bought.counted === 0 ? 0 : Math.floor((bought.earned * bought.refunded) / bought.counted)
    let open = target - bought.taken
    bought.taken = target
    const take = (from: Coin[], coins: Coin[]) => {
      for (const coin of coins.slice(0, open)) from.splice(from.indexOf(coin), 1)
      open -= Math.min(open, coins.length)
    }
    const own = (coin: Coin) => coin.order === order
    take(this.coins, this.loose(day).filter(own))
    take(this.ended, this.ended.filter(own))
    take(this.coins, this.lastToEnd(this.loose(day), day))
    this.debt += open
  }

  balance(day: number): { active: number; pending: number; debt: number; available: number } {
    this.pass(day)
    const there = this.coins.filter((coin) => coin.ends_on >= day)
    const pending = there.filter((coin) => coin.active_on > day).length
    return { active: there.length - pending, pending, debt: this.debt, available: this.free(day).length }
  }
}
