#!/usr/bin/env node
// `npm run bench`: measures every speed we claim, each as a ratio to a limit measured in the same run.
import { register } from 'tsx/esm/api'

register()
const { main } = await import('../bench/run.ts')
await main(process.argv.slice(2))
