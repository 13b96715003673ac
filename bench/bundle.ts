import { apps, buildWeb, counterBytesMax, firstLoad, firstLoadBytesMax } from '../web/build/build-web.ts'
import { atMost, type Bench } from './bench.ts'

const budgets = { console: firstLoadBytesMax, counter: counterBytesMax, portal: counterBytesMax }

/** Every script the first load of an app asks for: the entry, what it imports, one language and the first page. */
export const bench: Bench = {
  name: 'bundle',
  async run(tell) {
    await buildWeb({ log: tell })
    const measured = apps.map((app) => {
      const kilobytes = firstLoad(app).script_bytes / 1024
      const note = `script of the ${app}’s first load, gzip, against the budget; the app nearest to its own`
      return atMost(1, kilobytes, budgets[app] / 1024, 'kB', note)
    })
    return measured.reduce((worst, one) => (one.ratio > worst.ratio ? one : worst))
  },
}
