/** A process that sends, for tests that run two of them or kill one: `tsx test/deliver-child.ts <url> <now>`. */
import { openDb } from '../src/base/db.ts'
import { channels } from '../src/app/channels.ts'
import { deliver } from '../src/reach/messages/messages.ts'

const [url, now] = process.argv.slice(2) as [string, string]
const db = openDb(url)
db.setClockOffset(new Date(now).getTime() - Date.now())
process.stdout.write('ready\n')
await new Promise((resolve) => process.stdin.once('data', resolve))
const { sent } = await deliver(db, { channels, onError: (error) => process.stderr.write(`${error.message}\n`) })
process.stdout.write(`sent ${sent}\n`)
await db.close()
process.exit(0)
