import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildWeb } from '../web/build.ts'
import { atMost, type Bench } from './bench.ts'

/** What a clerk's old phone on a shop's network can load within about two seconds. */
const kilobytesMax = 350

/** Every script the first page asks for before it shows anything: the entry and what it imports statically. */
export const bench: Bench = {
  name: 'bundle',
  async run(tell) {
    await buildWeb({ log: tell })
    const folder = path.join(import.meta.dirname, '../dist/web/console')
    const html = readFileSync(path.join(folder, 'index.html'), 'utf8')
    const first = [...html.matchAll(/(?:src|href)="\/?([^"]+\.js)"/g)].map((found) => found[1]!)
    const bytes = first.reduce((sum, file) => sum + gzipSync(readFileSync(path.join(folder, file))).length, 0)
    const all = readdirSync(path.join(folder, 'assets')).filter((file) => file.endsWith('.js'))
    const total = all.reduce((sum, file) => sum + statSync(path.join(folder, 'assets', file)).size, 0)
    tell(`${first.length} of ${all.length} scripts first; all together ${Math.round(total / 1024)} kB unpacked`)
    return atMost(1, bytes / 1024, kilobytesMax, 'kB', 'script of the console’s first load, gzip, against the budget')
  },
}
