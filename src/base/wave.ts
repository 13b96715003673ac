/**
 * Statements that leave in one packet and are answered in one: a query of our own on the driver (its `Submittable`),
 * because the driver asks for the description of every answer and for a word of readiness after every statement. Here
 * a kept statement's answer is described once a connection, and one Sync stands at the end of all.
 */
import pg from 'pg'
import { serialize } from 'pg-protocol'

/** A statement with its values as they travel: texts, and bytes of what is written in the server's own form. */
export interface Written {
  text: string
  /** Kept by the server under this name; none for texts made at run time. */
  name?: string
  values: (string | Buffer | null)[]
}

/** A statement on its way. */
interface Asked {
  config: Written
  resolve(answer: Answer): void
  reject(thrown: unknown): void
  columns: Columns | null
  rows: Row[]
  /** What a column's reader threw. */
  fault: unknown
}

type Row = Record<string, unknown>

/** What a statement brought. */
export interface Answer<T = Row> {
  /** The server's word: SELECT, INSERT, COMMIT … */
  command: string
  rows: T[]
  /** Rows read or touched; null for commands that have none. */
  rowCount: number | null
}

/** The names of an answer's columns, how their texts are read, and a row of nulls, from which all have one shape. */
interface Columns {
  names: string[]
  readers: ((text: string) => unknown)[]
  empty: Row
}

/** What the driver keeps of a connection beside what its types say. */
interface Wire {
  stream: { writable: boolean; write(bytes: Buffer): void }
  /** Name → text of the statements that the server keeps for this connection. */
  parsedStatements: Record<string, string>
}

interface Field {
  name: string
  dataTypeID: number
}

/** By connection and statement's name; the server refuses a kept statement whose columns have changed. */
const described = new WeakMap<Wire, Map<string, Columns | null>>()

/** One packet of statements, in the order in which they were added; when one fails, those behind it fail alike. */
export class Wave {
  readonly #asked: Asked[] = []
  readonly #settled: () => void
  #at = 0
  #failure: unknown = null

  /** `settled`: called once, when the connection is free for another. */
  constructor(settled: () => void) {
    this.#settled = settled
  }

  /** Only before it leaves. */
  add<T = Row>(config: Written): Promise<Answer<T>> {
    return new Promise((resolve, reject) => {
      const answered = (answer: Answer) => resolve(answer as Answer<T>)
      this.#asked.push({ config, resolve: answered, reject, columns: null, rows: [], fault: null })
    })
  }

  /** The driver notes the statement whose ParseComplete has come by its name and text. */
  get name(): string | undefined {
    return this.#asked[this.#at]?.config.name
  }

  get text(): string | undefined {
    return this.#asked[this.#at]?.config.text
  }

  submit(connection: pg.Connection): void {
    const wire = connection as unknown as Wire
    const known = described.get(wire) ?? new Map<string, Columns | null>()
    described.set(wire, known)
    const parsed = new Set<string>()
    const parts: Buffer[] = []
    for (const asked of this.#asked) {
      const { name = '', text, values } = asked.config
      if (name === '' || !(wire.parsedStatements[name] || parsed.has(name)))
        parts.push(serialize.parse({ name, text }))
      parsed.add(name)
      parts.push(serialize.bind({ statement: name, values }))
      const columns = name === '' ? undefined : known.get(name)
      if (columns === undefined) parts.push(serialize.describe({ type: 'P' }))
      else asked.columns = columns
      parts.push(serialize.execute())
    }
    parts.push(serialize.sync())
    if (wire.stream.writable) wire.stream.write(Buffer.concat(parts))
  }

  handleRowDescription({ fields }: { fields: Field[] }): void {
    const names = fields.map(({ name }) => name)
    this.#asked[this.#at]!.columns = {
      names,
      readers: fields.map(({ dataTypeID }) => pg.types.getTypeParser(dataTypeID, 'text')),
      empty: Object.fromEntries(names.map((name) => [name, null])),
    }
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const asked = this.#asked[this.#at]!
    const { names, readers, empty } = asked.columns!
    const row = { ...empty }
    try {
      for (let i = 0; i < names.length; i += 1) {
        const text = fields[i]!
        if (text !== null) row[names[i]!] = readers[i]!(text)
      }
    } catch (thrown) {
      asked.fault ??= thrown
    }
    asked.rows.push(row)
  }

  handleCommandComplete({ text }: { text: string }, wire: Wire): void {
    const asked = this.#asked[this.#at]!
    const { name } = asked.config
    if (name) described.get(wire)!.set(name, asked.columns)
    this.#at += 1
    if (asked.fault) return asked.reject(asked.fault)
    const [command = '', ...counts] = text.split(' ')
    const count = counts.at(-1)
    asked.resolve({ command, rows: asked.rows, rowCount: count && /^\d+$/.test(count) ? Number(count) : null })
  }

  handleEmptyQuery(wire: Wire): void {
    this.handleCommandComplete({ text: '' }, wire)
  }

  /** COPY has a door of its own. */
  handleCopyInResponse(connection: pg.Connection): void {
    ;(connection as unknown as { sendCopyFail(why: string): void }).sendCopyFail('COPY goes by copyIn')
  }

  handlePortalSuspended(): void {
    // no statement is asked for a part of its rows
  }

  handleError(thrown: unknown): void {
    this.#failure = thrown
    for (const asked of this.#asked.slice(this.#at)) asked.reject(thrown)
    this.#settled()
  }

  handleReadyForQuery(): void {
    if (!this.#failure) this.#settled()
  }
}
