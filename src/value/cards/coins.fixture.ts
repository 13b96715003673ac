/** Cards as children would keep them: every stamp, every cent a coin of its own. Shares nothing with the module. */

interface Coin {
  order: string | null
  ends: string
  is_bonus: boolean
  nth: number
}

/** A stamp card of so many fields; what is taken back from a filled one is owed. */
export class StampCoins {
  private readonly size: number
  coins: Coin[] = []
  ended: Coin[] = []
  debt = 0
  rounds = 0
  private nth = 0
  constructor(size: number) {
    this.size = size
  }

  pass(day: string): void {
    this.ended.push(...this.coins.filter((coin) => coin.ends < day))
    this.coins = this.coins.filter((coin) => coin.ends >= day)
  }

  buy(order: string | null, stamps: number, { day, ends }: { day: string; ends: string }): void {
    this.pass(day)
    for (let i = 0; i < stamps; i += 1) {
      if (this.debt > 0) {
        this.debt -= 1
        continue
      }
      this.coins.push({ order, ends: this.coins[0]?.ends ?? ends, is_bonus: false, nth: ++this.nth })
      if (this.coins.length < this.size) continue
      this.rounds += 1
      this.coins = []
    }
  }

  giveBack(order: string, stamps: number, day: string): void {
    this.pass(day)
    let open = stamps
    const take = (from: Coin[], isWanted: (coin: Coin) => boolean) => {
      while (open > 0) {
        const found = from.findIndex(isWanted)
        if (found < 0) return
        from.splice(found, 1)
        open -= 1
      }
    }
    take(this.coins, (coin) => coin.order === order)
    take(this.ended, (coin) => coin.order === order)
    take(this.coins, () => true)
    this.debt += open
  }
}

interface HeldCoins {
  coins: Coin[]
  until: string
}

/** Money on a card: what ends first goes first, then what was paid for, then what came first. */
export class ValueCoins {
  coins: Coin[] = []
  private nth = 0
  private readonly spends = new Map<string, Coin[]>()
  private readonly holds = new Map<string, HeldCoins>()

  topUp(principal: number, bonus: number, ends: { principal: string; bonus: string }): void {
    this.nth += 1
    for (let i = 0; i < principal; i += 1) this.mint(ends.principal, false)
    for (let i = 0; i < bonus; i += 1) this.mint(ends.bonus, true)
  }
  private mint(ends: string, is_bonus: boolean): void {
    this.coins.push({ order: null, ends, is_bonus, nth: this.nth })
  }

  private isHeld(coin: Coin, now: string): boolean {
    return [...this.holds.values()].some((hold) => hold.until > now && hold.coins.includes(coin))
  }
  free(now: string): Coin[] {
    return inOrder(this.coins.filter((coin) => coin.ends >= now && !this.isHeld(coin, now)))
  }
  heldNow(now: string): number {
    return this.coins.filter((coin) => this.isHeld(coin, now)).length
  }

  spend(name: string, units: number, now: string): boolean {
    const free = this.free(now)
    if (free.length < units) return false
    this.take(name, free.slice(0, units))
    return true
  }
  private take(name: string, coins: Coin[]): void {
    this.coins = this.coins.filter((coin) => !coins.includes(coin))
    this.spends.set(name, coins)
  }

  hold(name: string, units: number, { now, until }: { now: string; until: string }): boolean {
    const free = this.free(now)
    if (free.length < units) return false
    this.holds.set(name, { coins: free.slice(0, units), until })
    return true
  }
  commit(name: string, now: string): boolean {
    const hold = this.holds.get(name)!
    if (this.spends.has(name)) return true
    if (hold.until <= now) return false
    this.holds.delete(name)
    this.take(name, hold.coins)
    this.holds.set(name, { coins: [], until: '' })
    return true
  }
  release(name: string): boolean {
    if (this.spends.has(name)) return false
    this.holds.get(name)!.until = ''
    return true
  }

  restore(name: string, now: string, restored: { ends: string; units?: number | undefined }): boolean {
    const left = inOrder(this.spends.get(name)!).reverse()
    const units = restored.units ?? left.length
    if (left.length === 0 || units > left.length) return false
    const back = left.slice(0, units)
    this.spends.set(
      name,
      left.filter((coin) => !back.includes(coin)),
    )
    this.nth += 1
    for (const coin of back) {
      if (coin.ends >= now) this.coins.push(coin)
      else this.mint(restored.ends, coin.is_bonus)
    }
    return true
  }

  /** What was paid for and is left; nothing if something is held or nothing is there. */
  refund(now: string): number | null {
    if (this.heldNow(now) > 0) return null
    const left = this.coins.filter((coin) => coin.ends >= now)
    if (left.length === 0) return null
    this.coins = []
    return left.filter((coin) => !coin.is_bonus).length
  }
}

function inOrder(coins: readonly Coin[]): Coin[] {
  return [...coins].sort(
    (a, b) =>
      (a.ends < b.ends ? -1 : a.ends > b.ends ? 1 : 0) || Number(a.is_bonus) - Number(b.is_bonus) || a.nth - b.nth,
  )
}
