/** Everything a member is recognised by. */
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import type { Profile } from './detail-page.tsx'
import classes from './members.module.css'

export function IdentitiesPart({ identities }: { identities: Profile['identities'] }) {
  const { t } = useTexts()
  if (identities.length === 0) return null
  const nameOf = (kind: string) => {
    if (kind === 'phone' || kind === 'email') return t(`members:${kind}`)
    return kind === 'card'
      ? t('members:identities.card')
      : t('members:identities.other', { source: kind.replace(/^(external|account):/, '') })
  }
  return (
    <Section title={t('members:identities.title')} hint={t('members:identities.hint')}>
      <dl className={classes.pairs}>
        {identities.map(({ kind, value, display }) => (
          <Pair key={`${kind} ${value}`} name={nameOf(kind)} value={display ?? value} />
        ))}
      </dl>
    </Section>
  )
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}
