#!/usr/bin/env node
// The command: TypeScript runs as it is, through tsx.
import { register } from 'tsx/esm/api'

register()
const { main } = await import('../src/app/cli.ts')
await main(process.argv.slice(2))
