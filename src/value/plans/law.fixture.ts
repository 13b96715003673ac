/**
 * A plan of 30 days for 300, seven days of trial, three of grace, refunds in proportion; written again by hand, with
 * whole days counted from 0 and no table of states. Histories are played against it.
 */
import fc from 'fast-check'

export type Command =
  | { verb: 'start'; source_id: string; amount_minor: number | null }
  | { verb: 'renew'; source_id: string; amount_minor: number }
  | { verb: 'cancel'; source_id: string; when: 'at_end' | 'now' }
  | { verb: 'resume'; source_id: string }
  | { verb: 'refund'; source_id: string; amount_minor: number }
  | { verb: 'extend'; source_id: string; days: number }
  | { verb: 'wait'; days: number; clock: boolean }

const source_id = fc.integer({ min: 1, max: 40 }).map((n) => `x${n}`)
export const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        verb: fc.constant('start' as const),
        source_id,
        amount_minor: fc.constantFrom(null, 300, 300, 299),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        verb: fc.constant('renew' as const),
        source_id,
        amount_minor: fc.constantFrom(300, 300, 300, 1),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        verb: fc.constant('cancel' as const),
        source_id,
        when: fc.constantFrom('at_end' as const, 'now' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ verb: fc.constant('resume' as const), source_id }) },
    {
      weight: 1,
      arbitrary: fc.record({
        verb: fc.constant('refund' as const),
        source_id,
        amount_minor: fc.constantFrom(1, 100, 300),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        verb: fc.constant('extend' as const),
        source_id,
        days: fc.integer({ min: 1, max: 20 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        verb: fc.constant('wait' as const),
        days: fc.constantFrom(0, 1, 2, 3, 7, 23, 30),
        clock: fc.boolean(),
      }),
    },
  ),
  { minLength: 5, maxLength: 30 },
)

interface Stretch {
  from: number
  until: number
  price: number
  back: number
}
interface Held {
  stretches: Stretch[]
  tried: number | null
  renews: boolean
  over: boolean
}
export interface Expected {
  outcome: 'done' | 'unchanged' | 'refused'
  amount_minor?: number
}

/** One member and the plan, as somebody with a pencil would keep it. */
export class Model {
  day = 0
  held: Held[] = []
  hadTrial = false
  said = new Map<string, { verb: string; of: Held; amount: number }>()
  /** Paid less given back. */
  money = 0

  get current(): Held | undefined {
    return this.held.at(-1)
  }
  private due(one: Held): number {
    return one.stretches.at(-1)!.until
  }
  isOver(one: Held): boolean {
    return one.over || this.day >= this.due(one) + (one.renews ? 4 : 0)
  }
  /** The subscription that commands are about: the newest. */
  step(command: Exclude<Command, { verb: 'wait' }>): Expected {
    const before = this.said.get(command.source_id)
    if (before) {
      const isSame =
        before.verb === command.verb && ('days' in command || command.verb === 'start' || before.of === this.current)
      // paying and starting leave the same line: both are a payment
      return isSame ||
        (before.verb === 'start' && command.verb === 'renew' && before.amount > 0 && before.of === this.current) ||
        (before.verb === 'renew' && command.verb === 'start')
        ? { outcome: 'unchanged', amount_minor: before.amount }
        : { outcome: 'refused' }
    }
    const amount = this.apply(command)
    if (amount === null) return { outcome: 'refused' }
    this.said.set(command.source_id, { verb: command.verb, of: this.current!, amount })
    this.money += amount
    return { outcome: 'done', amount_minor: amount }
  }

  private apply(command: Exclude<Command, { verb: 'wait' }>): number | null {
    const { day } = this
    const last = this.current
    const runs = last !== undefined && !this.isOver(last)
    if (command.verb === 'start') {
      if (runs || (command.amount_minor === null ? this.hadTrial : command.amount_minor !== 300)) return null
      const isTrial = command.amount_minor === null
      const until = day + (isTrial ? 7 : 30)
      const stretch = { from: day, until, price: isTrial ? 0 : 300, back: 0 }
      this.held.push({ stretches: [stretch], tried: isTrial ? until : null, renews: true, over: false })
      this.hadTrial ||= isTrial
      return stretch.price
    }
    if (command.verb === 'extend') {
      if (!runs) this.held.push({ stretches: [], tried: null, renews: false, over: false })
      const one = this.current!
      const from = runs ? this.due(one) : day
      one.stretches.push({ from, until: from + command.days, price: 0, back: 0 })
      return 0
    }
    if (!last) return null
    if (command.verb === 'refund') {
      const left = last.stretches.reduce((sum, one) => sum + one.price - one.back, 0)
      if (command.amount_minor > left) return null
      let missing = command.amount_minor
      for (const one of [...last.stretches].reverse()) {
        const part = Math.min(missing, one.price - one.back)
        one.back += part
        missing -= part
      }
      return -command.amount_minor
    }
    if (!runs) return null
    if (command.verb === 'renew') {
      const due = this.due(last)
      if ((last.tried !== due && day < due - 7) || command.amount_minor !== 300) return null
      last.stretches.push({ from: due, until: due + 30, price: 300, back: 0 })
      return 300
    }
    if (command.verb === 'resume') {
      if (last.renews) return null
      last.renews = true
      return 0
    }
    if (command.when === 'at_end') {
      if (!last.renews) return null
      last.renews = false
      return 0
    }
    let back = 0
    for (const one of last.stretches) {
      const unused = Math.min(one.until - one.from, Math.max(0, one.until - day - 1))
      const part = Math.min(Math.floor((one.price * unused) / (one.until - one.from)), one.price - one.back)
      if (one.until <= day || part <= 0) continue
      one.back += part
      back += part
    }
    last.over = true
    return back === 0 ? 0 : -back
  }
}
