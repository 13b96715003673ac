/** Tells an app's service worker which files the app is made of, so that it starts without a network. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

/** Writes sw.js beside index.html: the given script, its `FILES` and `VERSION` filled in from what was built. */
export function offlineShell(script: string): Plugin {
  return {
    name: 'offline-shell',
    apply: 'build',
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle)
        .filter((name) => name.startsWith('assets/'))
        .sort()
      const text = readFileSync(script, 'utf8')
      // names of files carry hashes of what is in them
      const version = createHash('sha256').update(files.join()).update(text).digest('hex').slice(0, 12)
      const source = text.replace("'FILES'", JSON.stringify(files)).replace("'VERSION'", JSON.stringify(version))
      this.emitFile({ type: 'asset', fileName: 'sw.js', source })
    },
  }
}
