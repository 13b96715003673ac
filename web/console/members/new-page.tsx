/** Who joins? */
import { useRef } from 'react'
import { call, touch } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { MemberForm, noValues, type MemberValues } from './edit-form.tsx'

export default function NewMemberPage() {
  const { t } = useTexts()
  const go = useGo()
  const made = useRef<string | null>(null)
  const save = async (values: MemberValues) => {
    const { member_id } = await call('POST /v1/admin/members', { body: bodyOf(values) })
    made.current = member_id
    await touch('members')
  }
  return (
    <Page
      width="narrow"
      title={t('members:form.newTitle')}
      question={t('members:form.newQuestion')}
      above={[{ title: t('members:title'), to: '/members' }]}
    >
      <Section>
        <MemberForm
          initial={noValues}
          is_new
          save={save}
          saved={() => go(`/members/${made.current}`, { replace: true })}
          cancel={() => go('/members')}
        />
      </Section>
    </Page>
  )
}

/** What was left empty is not sent: nothing is known of it. */
function bodyOf(values: MemberValues) {
  const { consent_email, consent_sms, gender, home_store_id, locale, ...texts } = values
  const given = Object.fromEntries(
    Object.entries(texts)
      .map(([key, text]) => [key, text.trim()])
      .filter(([, text]) => text !== ''),
  )
  const channels = [...(consent_email ? ['email'] : []), ...(consent_sms ? ['sms'] : [])]
  return {
    ...given,
    ...(gender ? { gender } : {}),
    ...(home_store_id ? { home_store_id } : {}),
    ...(locale ? { locale } : {}),
    kind: 'member' as const,
    join_channel: 'console',
    consents: channels.map((channel) => ({
      channel,
      purpose: 'marketing',
      status: 'granted' as const,
      method: 'console',
    })),
  }
}
