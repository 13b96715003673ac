/** What orders name, on its way while nobody has read them yet. */
import { Ahead } from '../../base/ahead.ts'
import type { Tx } from '../../base/db.ts'
import * as members from '../members/members.ts'
import * as products from '../products/products.ts'
import * as stores from '../stores/stores.ts'
import { headsOf, keyText, type Head } from './heads.ts'
import type { OrderWire } from './types.ts'

export interface Foreseen {
  /** Orders that are here already, by `keyText`. */
  heads: Ahead<string, Head>
  products: products.Foreseen
  stores: stores.Foreseen
  members: members.Foreseen
}

/** Large sets do not wait for the way to the server, but for the work. */
const foreseenMax = 200

/** Asks for what `receive` will ask for; nothing of large sets. */
export function foresee(tx: Tx, wires: readonly OrderWire[]): Foreseen | undefined {
  if (wires.length > foreseenMax) return undefined
  const [skus, codes] = [new Set<string>(), new Set<string>()]
  for (const { store, lines } of wires) {
    const code = store?.trim()
    if (code) codes.add(code)
    for (const { sku } of lines ?? []) if (typeof sku === 'string' && sku.trim()) skus.add(sku.trim())
  }
  return {
    heads: new Ahead(wires.map(keyText), headsOf(tx, wires)),
    products: products.foresee(tx, skus),
    stores: stores.foresee(tx, codes),
    members: members.foresee(
      tx,
      wires.flatMap(({ member }) => member ?? []),
    ),
  }
}
