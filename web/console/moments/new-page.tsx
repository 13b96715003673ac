/** A new moment; a preset in the address fills the form. */
import { useAddress } from '../../kit/address.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { useSpoken } from '../names-fields.tsx'
import { MomentForm } from './edit-form.tsx'
import { presetNames, presets, type MomentValues } from './values.ts'

export default function NewMomentPage() {
  const { t, language } = useTexts()
  const spoken = useSpoken()
  const [address] = useAddress()
  const preset = presetNames.find((name) => name === address['preset'])
  // named in the reader's language, where the program speaks it
  const named = spoken.includes(language) ? language : spoken[0]!
  const start: Partial<MomentValues> = preset
    ? { ...presets[preset], names: { [named]: t(`moments:presets.${preset}`) } }
    : {}
  return (
    <Page title={t('moments:add')} above={[{ title: t('moments:title'), to: '/moments' }]}>
      <MomentForm key={preset ?? ''} moment={null} start={start} />
    </Page>
  )
}
