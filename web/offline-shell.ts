/** Tells an app's service worker which files the app is made of, so that it starts without a network. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'

/** The apps that people hold in their hands, and the reads of the API that each may show without a network. */
export const handhelds = {
  counter: [],
  // what is asked for before the card can be shown; spending needs the network, so its code is never kept
  portal: ['/v1/portal/home', '/v1/open/portal'],
} as const satisfies Record<string, readonly string[]>
export type Handheld = keyof typeof handhelds

const script = path.join(import.meta.dirname, 'kit/service-worker.js')

/** Writes sw.js beside index.html: the kit's worker, with this app's name, what it keeps and what was built. */
export function offlineShell(app: Handheld): Plugin {
  return {
    name: 'offline-shell',
    apply: 'build',
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle)
        // what only the camera needs is fetched with it: three times all the rest
        .filter((name) => name.startsWith('assets/') && !name.endsWith('.wasm'))
        .sort()
      const text = readFileSync(script, 'utf8')
      // names of files carry hashes of what is in them
      const version = createHash('sha256').update(files.join()).update(text).digest('hex').slice(0, 12)
      const values = { APP: app, KEEPS: handhelds[app], FILES: files, VERSION: version }
      const source = Object.entries(values).reduce(
        (written, [name, value]) => written.replace(`'${name}'`, JSON.stringify(value)),
        text,
      )
      this.emitFile({ type: 'asset', fileName: 'sw.js', source })
    },
  }
}
