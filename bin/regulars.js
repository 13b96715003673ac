#!/usr/bin/env node
// The command.
import { load } from './build.js'

const { main } = await load('cli')
await main(process.argv.slice(2))
