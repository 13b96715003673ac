/** A state as a word with a shape: readable without colour. */
import { Group, Text } from '@mantine/core'

export type Tone = 'good' | 'warn' | 'bad' | 'quiet' | 'busy'

const shapes: Record<Tone, string> = {
  good: 'M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1Z',
  busy: 'M6 1a5 5 0 0 1 0 10ZM6 1.700a4.300 4.300 0 1 0 0 8.600',
  warn: 'M6 1 11.500 11H.5Z',
  bad: 'M2 2h8v8H2Z',
  quiet: 'M6 2.500a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7Z',
}
const colors: Record<Tone, string> = {
  good: 'var(--rg-good)',
  busy: 'var(--rg-good)',
  warn: 'var(--rg-warn)',
  bad: 'var(--rg-bad)',
  quiet: 'var(--rg-muted)',
}

/** `good` a full disc, `busy` a half one, `warn` a triangle, `bad` a square, `quiet` a ring; the word beside it. */
export function StateBadge({ tone, children }: { tone: Tone; children: string }) {
  const hollow = tone === 'quiet' || tone === 'busy'
  return (
    <Group gap={6} wrap="nowrap" display="inline-flex">
      <svg
        width={10}
        height={10}
        viewBox="0 0 12 12"
        aria-hidden="true"
        style={{ flexShrink: 0, color: colors[tone] }}
      >
        <path
          d={shapes[tone]}
          fill={hollow && tone !== 'busy' ? 'none' : 'currentColor'}
          stroke="currentColor"
          strokeWidth={hollow ? 1.5 : 0}
        />
      </svg>
      <Text span size="sm" style={{ whiteSpace: 'nowrap' }}>
        {children}
      </Text>
    </Group>
  )
}
