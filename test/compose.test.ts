import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')

it('the files that are being brought in outlive the container: the data folder is a named volume', () => {
  const folder = /REGULARS_DATA=(\S+)/.exec(read('Dockerfile'))![1]!
  const compose = read('compose.yaml')
  const volume = new RegExp(`volumes: \\["(\\w+):${folder}"\\]`).exec(compose)![1]!
  expect(compose.slice(compose.lastIndexOf('\nvolumes:'))).toContain(`\n  ${volume}:`)
  // an unprivileged user writes there
  expect(read('Dockerfile')).toMatch(new RegExp(`chown -R node [^\\n]*${folder}`))
})
