/**
 * Answers asked for before anybody knows whether they are needed, so that they come with the first and not with the
 * second way to the server. Whoever then asks for no more than was asked takes them; anybody else asks anew.
 */
export class Ahead<Key, Value> {
  readonly #asked: ReadonlySet<Key>
  readonly #found: Promise<ReadonlyMap<Key, Value>>

  constructor(asked: Iterable<Key>, found: Promise<ReadonlyMap<Key, Value>>) {
    this.#asked = new Set(asked)
    this.#found = found
    // whoever takes the answer meets the error; if nobody does, the transaction has failed of something else
    found.catch(() => undefined)
  }

  /** A copy of what was found, if all of these were asked for; nothing otherwise. */
  async take(wanted: Iterable<Key>): Promise<Map<Key, Value> | undefined> {
    for (const key of wanted) if (!this.#asked.has(key)) return undefined
    return new Map(await this.#found)
  }
}
