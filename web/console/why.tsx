/** Why these points, why this tier: the reasons stored with the entry, in the reader's language. */
import { Stack, Text } from '@mantine/core'
import { useFormat } from '../kit/format.ts'
import { hasText, nameIn, textOf, useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import { useMay } from './session.tsx'
import { whySentences, type Why as StoredWhy } from './why-sentences.ts'

/** The sentences of a why, one below the other; the version of the rule last and quieter. */
export function Why({ why }: { why: StoredWhy }) {
  const sentences = useWhySentences(why)
  return (
    <Stack gap={4}>
      {sentences.map((sentence, i) => {
        const isVersion = i === sentences.length - 1 && why.rule_version !== null
        return (
          <Text key={i} size="sm" {...(isVersion ? { c: 'dimmed' } : {})}>
            {sentence}
          </Text>
        )
      })}
    </Stack>
  )
}

/** The same as texts. Tiers go by their names where one may read them, else by their codes. */
export function useWhySentences(why: StoredWhy): string[] {
  const { language } = useTexts()
  const format = useFormat()
  const may = useMay()
  const tiers = useCall('GET /v1/admin/tiers', {}, { enabled: may('tiers:read'), fresh_ms: 300_000 }).data?.data
  return whySentences(why, {
    format,
    text: (key, params) =>
      hasText(`whys:${key}`) || hasText(`whys:${key}_other`) ? textOf(`whys:${key}`, '', params) || null : null,
    nameOf: (names) => nameIn(names, language, Object.values(names)[0] ?? ''),
    tierName: (code) => nameIn(tiers?.find((tier) => tier.code === code)?.names, language, code),
  })
}
