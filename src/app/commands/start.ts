import { defineCommand } from 'citty'
import { everyFlag } from '../command.ts'
import { runServer } from '../main.ts'

/** Members of the demo brand of `npm start`: enough for every screen to be alive, made in a few seconds. */
const demoMembers = 3_000
/** Where `npm start` keeps it. */
export const demo_data = '.regulars/demo'

export const start = defineCommand({
  meta: { name: 'start', description: 'Everything at once: database, migrations, demo brand, console (npm start)' },
  args: {
    ...everyFlag,
    port: { type: 'string', description: 'Port (default 8080, or the next free one)' },
    host: { type: 'string', description: 'Address to listen on (default 127.0.0.1)' },
  },
  async run({ args }) {
    await runServer({
      data: args.data ?? demo_data,
      port: args.port,
      host: args.host,
      jobs: true,
      http: true,
      migrate: true,
      create: true,
      demo_members: demoMembers,
      build: true,
      tell: (line) => process.stdout.write(`${line}\n`),
    })
  },
})
