import { parseArgs, type ArgsDef } from 'citty'
import { expect, test } from 'vitest'
import { serve } from './serve.ts'

test('serve runs the jobs unless told not to', () => {
  const read = (argv: string[]) => parseArgs(argv, serve.args as ArgsDef)['jobs']
  expect(read([])).toBe(true)
  expect(read(['--no-jobs'])).toBe(false)
})
