/** Moments to begin with; each opens the form with what it says already in it. */
import { SimpleGrid, Text } from '@mantine/core'
import { Door } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import styles from './moments.module.css'
import { presetNames } from './values.ts'

export function Presets() {
  const { t } = useTexts()
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 5 }} spacing="sm" w="100%">
      {presetNames.map((name) => (
        <Door key={name} to={`/moments/new?preset=${name}`} className={styles['preset']}>
          <Text fw={600} size="sm">
            {t(`moments:presets.${name}`)}
          </Text>
          <Text size="sm" c="dimmed">
            {t(`moments:presets.${name}Hint`)}
          </Text>
        </Door>
      ))}
    </SimpleGrid>
  )
}
