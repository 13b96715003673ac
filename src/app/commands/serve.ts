import { defineCommand } from 'citty'
import { answer, everyFlag } from '../command.ts'
import { runServer } from '../main.ts'

export const serve = defineCommand({
  meta: { name: 'serve', description: 'Serve the console and the API; run the jobs too unless told not to' },
  args: {
    ...everyFlag,
    port: { type: 'string', description: 'Port (default 8080, or the next free one)' },
    host: { type: 'string', description: 'Address to listen on (default 127.0.0.1)' },
    // named without its "no": the parser reads `--no-jobs` as jobs = false
    jobs: {
      type: 'boolean',
      default: true,
      description: 'Run the jobs too',
      negativeDescription: 'Leave jobs to `regulars work`',
    },
  },
  async run({ args }) {
    await runServer({
      data: args.data,
      port: args.port,
      host: args.host,
      jobs: args.jobs,
      http: true,
      migrate: false,
      tell,
    })
  },
})

export const work = defineCommand({
  meta: { name: 'work', description: 'Run jobs, sending and the feed, without serving pages' },
  args: { ...everyFlag },
  async run({ args }) {
    await runServer({ data: args.data, jobs: true, http: false, migrate: false, tell })
  },
})

function tell(line: string): void {
  answer({}, null, () => [line])
}
