#!/usr/bin/env node
// `npm test`: types of both projects, then every test, browsers included; closes with `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
const wanted = process.argv.slice(2)
let failedBefore = 0
let passedBefore = 0

/** Runs a tool of node_modules with this Node. */
function run(tool, args) {
  return spawnSync(process.execPath, [path.join(root, 'node_modules', tool), ...args], { cwd: root, stdio: 'inherit' }).status
}

if (wanted.length === 0) {
  for (const project of ['tsconfig.json', 'web/tsconfig.json']) {
    if (!existsSync(path.join(root, project))) continue
    if (run('typescript/bin/tsc', ['-p', project]) === 0) passedBefore += 1
    else failedBefore += 1
  }
}
const folder = mkdtempSync(path.join(os.tmpdir(), 'regulars-test-'))
const report = path.join(folder, 'report.json')
const status = run('vitest/vitest.mjs', ['run', '--reporter=default', '--reporter=json', `--outputFile=${report}`, ...wanted])
let passed = passedBefore
let failed = failedBefore
if (existsSync(report)) {
  const result = JSON.parse(readFileSync(report, 'utf8'))
  passed += result.numPassedTests
  // a file that could not be loaded has no tests to count, and is a failure all the same
  const unloaded = result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  failed += result.numFailedTests + unloaded.length
}
if (status !== 0 && failed === 0) failed = 1
rmSync(folder, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
