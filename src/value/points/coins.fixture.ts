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

export class Coins {
  coins: Coin[] = []
  ended: Coin[] = []
  gone: Coin[] = []
  debt = 0
  orders = new Map<string, Bought>()
  restored = new Set<string>()
  nth = 0
  waiting: number
  life: number

  /** Days before a coin can be spent, and after which it ends. */
  constructor(waiting: number, life: number) {
    this.waiting = waiting
    this.life = life
  }

  /** Coins whose last day is over end. */
  pass(day: number): void {
    this.ended.push(...this.coins.filter((coin) => coin.ends_on < day))
    this.coins = this.coins.filter((coin) => coin.ends_on >= day)
  }

  mint(count: number, coin: Omit<Coin, 'nth' | 'spent_for'>): void {
    this.nth += 1
    const paid = Math.min(this.debt, count)
    this.debt -= paid
    for (let i = paid; i < count; i += 1) this.coins.push({ ...coin, nth: this.nth, spent_for: null })
  }

  earn(order: string, net: number, day: number): void {
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
    const spendable = this.byEnd(this.coins.filter((coin) => coin.active_on <= day))
    if (spendable.length < points) return false
    for (const coin of spendable.slice(0, points)) {
      this.coins.splice(this.coins.indexOf(coin), 1)
      this.gone.push({ ...coin, spent_for: name })
    }
    return true
  }

  restore(name: string, day: number): boolean {
    this.pass(day)
    const back = this.gone.filter((coin) => coin.spent_for === name)
    if (back.length === 0 || this.restored.has(name)) return false
    this.restored.add(name)
    this.gone = this.gone.filter((coin) => coin.spent_for !== name)
    const alive = this.byEnd(back.filter((coin) => coin.ends_on >= day))
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
    const pending = (coin: Coin) => coin.active_on > day
    const own = (coin: Coin) => coin.order === order
    take(
      this.coins,
      this.coins.filter((coin) => own(coin)),
    )
    take(
      this.ended,
      this.ended.filter((coin) => own(coin)),
    )
    take(this.coins, this.byEnd(this.coins.filter((coin) => !pending(coin))).reverse())
    take(this.coins, this.byEnd(this.coins.filter(pending)).reverse())
    this.debt += open
  }

  balance(day: number): { active: number; pending: number; debt: number } {
    this.pass(day)
    const pending = this.coins.filter((coin) => coin.active_on > day).length
    return { active: this.coins.length - pending, pending, debt: this.debt }
  }
}
