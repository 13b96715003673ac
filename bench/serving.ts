/** A server as people start it: the command, in a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

/** `regulars serve` on any free port; `close` ends it as Ctrl-C does. */
export async function serve(
  folder: string,
  more: readonly string[] = [],
): Promise<{ address: string; close(): Promise<void> }> {
  const command = path.join(import.meta.dirname, '../bin/regulars.js')
  const child = spawn(
    process.execPath,
    // as `npm start` does
    ['--max-semi-space-size=32', command, 'serve', '--data', folder, '--port', '28080', ...more],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, LOG_LEVEL: 'error' } },
  )
  const closed = once(child, 'close')
  let printed = ''
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)
      if (found) resolve(found[0])
    })
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)))
  })
  return {
    address,
    async close() {
      child.kill('SIGTERM')
      await closed
    },
  }
}
