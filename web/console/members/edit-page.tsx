/** Changes a member. What is emptied is forgotten. */
import { usePathParam } from '../../kit/address.ts'
import { call, touch } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useMemberName, type Profile } from './detail-page.tsx'
import { MemberForm, noValues, type MemberValues } from './edit-form.tsx'

export default function EditMemberPage() {
  const { t } = useTexts()
  const member_id = usePathParam('member_id')
  const read = useCall('GET /v1/admin/members/:member_id', { params: { member_id } })
  const above = [{ title: t('members:title'), to: '/members' }]
  if (read.data) return <EditInside profile={read.data} above={above} />
  return (
    <Page width="narrow" title={t('members:edit')} above={above}>
      {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={8} />}
    </Page>
  )
}

function EditInside({ profile, above }: { profile: Profile; above: { title: string; to: string }[] }) {
  const { t } = useTexts()
  const go = useGo()
  const name = useMemberName(profile)
  const { member } = profile
  const { member_id } = member
  const initial = valuesOf(member)
  const back = () => go(`/members/${member_id}`)
  const save = async (values: MemberValues) => {
    await call('PATCH /v1/admin/members/:member_id', { params: { member_id }, body: changesOf(initial, values) })
    await touch('members')
  }
  return (
    <Page
      width="narrow"
      title={t('members:form.editTitle', { name })}
      above={[...above, { title: name, to: `/members/${member_id}` }]}
    >
      <Section>
        <MemberForm initial={initial} is_new={false} save={save} saved={back} cancel={back} />
      </Section>
    </Page>
  )
}

function valuesOf(member: Profile['member']): MemberValues {
  const { gender, home_store_id, locale } = member
  return {
    ...noValues,
    gender,
    home_store_id,
    locale,
    display_name: member.display_name ?? '',
    phone: member.phone ?? '',
    email: member.email ?? '',
    birth_date: member.birth_date ?? '',
  }
}

const editable = ['display_name', 'phone', 'email', 'birth_date', 'gender', 'home_store_id', 'locale'] as const

/** Only what was changed; an emptied field is null, which clears it. */
function changesOf(before: MemberValues, after: MemberValues): Record<string, string | null> {
  return Object.fromEntries(
    editable
      .filter((key) => before[key] !== after[key])
      .map((key) => {
        const value = after[key]
        return [key, value === null || value.trim() === '' ? null : value.trim()]
      }),
  )
}
