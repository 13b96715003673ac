/** What members and clerks will see, by day and by night: the card, the counter, the pass. */
import { SegmentedControl, Stack, Text } from '@mantine/core'
import { useState, type CSSProperties } from 'react'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import type { Brand, BrandValues } from './brand-page.tsx'
import { pictureOf } from './brand-pictures.tsx'
import classes from './brand.module.css'

/** Somebody to look at; names nobody. */
const shown_points = 1_280
const shown_spend = 320

interface Shown {
  brand: Brand
  values: BrandValues
}
type Plate = Brand['logo_plates']['light']

export function BrandPreview({ brand, values, judged }: Shown & { judged: Pick<Brand, 'schemes' | 'logo_plates'> }) {
  const { t } = useTexts()
  const [light, setLight] = useState<'light' | 'dark'>('light')
  const scheme = judged.schemes[light]
  const plate = judged.logo_plates[light]
  const style = Object.fromEntries(
    Object.entries(scheme).map(([name, colour]) => [`--shown-${name.replaceAll('_', '-')}`, colour]),
  ) as CSSProperties
  return (
    <aside className={classes.preview} aria-label={t('brand:preview')}>
      <SegmentedControl
        value={light}
        onChange={(chosen) => setLight(chosen === 'dark' ? 'dark' : 'light')}
        data={[
          { value: 'light', label: t('kit:schemeLight') },
          { value: 'dark', label: t('kit:schemeDark') },
        ]}
        aria-label={t('brand:preview')}
      />
      <Stack gap="md" className={classes.ground} style={style} data-light={light}>
        <Text size="xs">{t('brand:shownPage')}</Text>
        <Mark brand={brand} values={values} plate={plate.page} />
        <Text size="xs">{t('brand:shownPortal')}</Text>
        <Card brand={brand} values={values} plate={plate} />
        <Text size="xs">{t('brand:shownCounter')}</Text>
        <Counter brand={brand} values={values} />
        <Text size="xs">{t('brand:shownPass')}</Text>
        <Pass brand={brand} values={values} isLost={judged.logo_plates.light.card !== null} />
      </Stack>
    </aside>
  )
}

/** The logo as it lies on a ground, or the name. */
function Mark({ brand, values, plate }: Shown & { plate: string | null }) {
  const logo = pictureOf(brand, 'logo')
  if (!logo) return <strong>{values.name}</strong>
  const style = plate ? { background: plate, padding: '6px 10px' } : {}
  return <img className={classes.mark} src={logo} alt={values.name} style={style} />
}

function Card({ brand, values, plate }: Shown & { plate: Plate }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const card = pictureOf(brand, 'card')
  const greeting = values[`greeting/${language}`]
  return (
    <div>
      {greeting && <p className={classes.greeting}>{greeting}</p>}
      <div className={classes.shownCard}>
        {card && <img className={classes.strip} src={card} alt="" />}
        <div className={classes.body}>
          <Mark brand={brand} values={values} plate={plate.card} />
          <p>
            <b className={classes.balance}>{format.points(shown_points)}</b> {t('portal:card.points')}
          </p>
          <Bars />
        </div>
      </div>
      <p className={classes.link}>{t('portal:tabs.history')}</p>
    </div>
  )
}

function Counter({ brand, values }: Shown) {
  const { t } = useTexts()
  const format = useFormat()
  const icon = pictureOf(brand, 'icon')
  return (
    <div className={classes.counter}>
      <p className={classes.row}>
        {icon && <img src={icon} width={24} height={24} alt="" />}
        <span>{values.name}</span>
      </p>
      <p className={classes.act}>{t('brand:takePayment', { amount: format.money(shown_spend) })}</p>
    </div>
  )
}

/** A wallet lays nothing under the logo: where it could not be seen, the name stands. */
function Pass({ brand, values, isLost }: Shown & { isLost: boolean }) {
  const { t } = useTexts()
  const format = useFormat()
  const card = pictureOf(brand, 'card')
  return (
    <div className={classes.shownCard}>
      <div className={classes.head}>
        {isLost ? <strong>{values.name}</strong> : <Mark brand={brand} values={values} plate={null} />}
        <span>
          <small>{t('brand:passPoints')}</small>
          {format.points(shown_points)}
        </span>
      </div>
      {card && <img className={classes.strip} src={card} alt="" />}
      <div className={classes.body}>
        <Bars />
      </div>
    </div>
  )
}

/** Bars that mean nothing, so that nobody scans a preview: where each begins, and how wide it is. */
const bars = [4, 8, 12, 18, 21, 26, 30, 35, 38, 43, 46, 52, 54].map((x, nth) => ({ x, width: 1 + (nth % 3) / 1.5 }))

function Bars() {
  return (
    <svg className={classes.bars} viewBox="0 0 60 14" aria-hidden="true">
      {bars.map(({ x, width }) => (
        <rect key={x} x={x} y={2} width={width} height={10} />
      ))}
    </svg>
  )
}
