/** Language and appearance: menu items, so that they live in the account menu and on the sign-in page alike. */
import { Button, Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { languages, setLanguage, useTexts, type Language } from './i18n.ts'
import { Icon } from './icons.tsx'

/** Each language in its own name; `onChosen` also tells the account. */
export function LanguageItems({ onChosen }: { onChosen?: (language: Language) => void }) {
  const { t, language } = useTexts()
  return (
    <>
      <Menu.Label>{t('kit:language')}</Menu.Label>
      {languages.map(({ code, name }) => (
        <Menu.Item
          key={code}
          lang={code}
          onClick={() => {
            void setLanguage(code, { remember: true })
            onChosen?.(code)
          }}
          rightSection={language === code ? <Icon name="check" size={14} /> : null}
          aria-current={language === code || undefined}
        >
          {name}
        </Menu.Item>
      ))}
    </>
  )
}

/** Light, dark, or as the system. */
export function SchemeItems() {
  const { t } = useTexts()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const schemes: { code: MantineColorScheme; title: string }[] = [
    { code: 'light', title: t('kit:schemeLight') },
    { code: 'dark', title: t('kit:schemeDark') },
    { code: 'auto', title: t('kit:schemeAuto') },
  ]
  return (
    <>
      <Menu.Label>{t('kit:scheme')}</Menu.Label>
      {schemes.map(({ code, title }) => (
        <Menu.Item
          key={code}
          onClick={() => setColorScheme(code)}
          aria-current={colorScheme === code || undefined}
          rightSection={colorScheme === code ? <Icon name="check" size={14} /> : null}
        >
          {title}
        </Menu.Item>
      ))}
    </>
  )
}

/** A small button with the languages: for pages without an account menu. */
export function LanguageMenu() {
  const { language } = useTexts()
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" color="gray" size="xs" leftSection={<Icon name="language" size={16} />}>
          {languages.find(({ code }) => code === language)?.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <LanguageItems />
        <Menu.Divider />
        <SchemeItems />
      </Menu.Dropdown>
    </Menu>
  )
}
