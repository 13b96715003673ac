/** Runs the benches one after the other; `--json` prints one line, else `docs/benchmarks.md` is written too. */
import { writeFileSync } from 'node:fs'
import os from 'node:os'
import type { Bench, Measured } from './bench.ts'

/** Each claim of speed is one file. */
const benches: (() => Promise<{ bench: Bench }>)[] = [
  () => import('./import.ts'),
  () => import('./members.ts'),
  () => import('./verbs.ts'),
  () => import('./segment.ts'),
  () => import('./campaign.ts'),
  () => import('./audience.ts'),
  () => import('./order.ts'),
  () => import('./order-batch.ts'),
  () => import('./till.ts'),
  () => import('./counters.ts'),
  () => import('./days.ts'),
  () => import('./moments.ts'),
  () => import('./start.ts'),
  () => import('./bundle.ts'),
  () => import('./apps.ts'),
]

/** Runs all, or those named. Exit code 1 when one misses its target. */
export async function main(argv: string[]): Promise<void> {
  const json = argv.includes('--json')
  const wanted = argv.filter((word) => !word.startsWith('-'))
  const measured: Record<string, Measured> = {}
  for (const load of benches) {
    const { bench } = await load()
    if (wanted.length > 0 && !wanted.includes(bench.name)) continue
    process.stderr.write(`${bench.name} …\n`)
    const result = await bench.run((line) => process.stderr.write(`  ${line}\n`)).catch(broken)
    measured[bench.name] = result
    process.stderr.write(`  ${lineOf(bench.name, result)}\n`)
  }
  if (json) process.stdout.write(`${JSON.stringify(measured)}\n`)
  else if (wanted.length === 0) writeFileSync(new URL('../docs/benchmarks.md', import.meta.url), document(measured))
  if (Object.values(measured).some((result) => !result.ok)) process.exitCode = 1
}

/** A bench that breaks is told as a miss; the others still run. */
function broken(thrown: unknown): Measured {
  process.stderr.write(`  ${thrown instanceof Error ? thrown.stack : String(thrown)}\n`)
  return { value: 0, unit: '', limit: 0, ratio: 0, target: '', ok: false, note: `broken: ${String(thrown)}` }
}

function lineOf(name: string, { value, unit, limit, ratio, target, ok }: Measured): string {
  return `${ok ? 'ok  ' : 'MISS'} ${name}: ${value} ${unit}, limit ${limit}, ratio ${ratio} (${target})`
}

function document(measured: Record<string, Measured>): string {
  const rows = Object.entries(measured).map(
    ([name, one]) =>
      `| ${name} | ${one.value} ${one.unit} | ${one.limit} | ${one.ratio} | ${one.target} ` +
      `| ${one.ok ? 'yes' : 'no'} | ${one.note} |`,
  )
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`. Each figure stands beside a limit of the same run, or beside what is asked in',
    'figures; only the ratio is a claim.',
    `This run: ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Node ${process.version}.`,
    '',
    '| bench | value | limit | ratio | target | holds | what against what |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
