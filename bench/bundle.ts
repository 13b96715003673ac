import { buildWeb, firstLoad, firstLoadBytesMax } from '../web/build.ts'
import { atMost, type Bench } from './bench.ts'

/** Every script the console's first load asks for: the entry, what it imports, one language and the first page. */
export const bench: Bench = {
  name: 'bundle',
  async run(tell) {
    await buildWeb({ log: tell })
    const { script_bytes } = firstLoad()
    return atMost(
      1,
      script_bytes / 1024,
      firstLoadBytesMax / 1024,
      'kB',
      'script of the console’s first load, gzip, against the budget',
    )
  },
}
