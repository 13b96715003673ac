/** What something is called, in each language that the program speaks. */
import { SimpleGrid } from '@mantine/core'
import { TextField } from '../kit/fields.tsx'
import { languages, useTexts } from '../kit/i18n.ts'
import type { Form } from '../kit/use-form.ts'
import { useSession } from './session.tsx'

interface Named {
  names: Record<string, string>
}

/** The languages that names are given in. */
export function useSpoken(): readonly string[] {
  const { program } = useSession()
  return program?.languages ?? languages.map(({ code }) => code)
}

/** Names as they are sent: those that say something. */
export const filledNames = (names: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(names).filter(([, name]) => name.trim()))

export function NamesFields<Values extends Named>({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  const spoken = useSpoken()
  const { names } = form.values
  return (
    <SimpleGrid cols={{ base: 1, sm: Math.min(3, spoken.length) }}>
      {spoken.map((code, i) => (
        <TextField
          key={code}
          label={t('kit:nameIn', { language: languages.find((one) => one.code === code)?.name ?? code })}
          maxLength={60}
          field={{
            name: `names_${code}`,
            value: names[code] ?? '',
            error: i === 0 ? form.errorAt('/names') : undefined,
            onChange: (name) => form.set({ names: { ...names, [code]: name } } as Partial<Values>),
          }}
        />
      ))}
    </SimpleGrid>
  )
}
