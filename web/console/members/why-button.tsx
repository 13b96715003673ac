/** "Why these points?": opens the reasons that are stored with the entry. */
import { Popover, Text } from '@mantine/core'
import { useTexts, textOf } from '../../kit/i18n.ts'
import classes from './members.module.css'

export interface StoredWhy {
  codes: string[]
  params: Record<string, string | number | boolean | null>
  rule_version: number | null
}

export function WhyButton({ why, label, title }: { why: StoredWhy; label: string; title?: string }) {
  useTexts()
  return (
    <Popover position="bottom-start" width={360} shadow="md" withArrow>
      <Popover.Target>
        <button type="button" className={classes.why} title={title}>{label}</button>
      </Popover.Target>
      <Popover.Dropdown>
        <Text component="div" size="sm">{why.codes.map((code) => <div key={code}>{textOf(`whys:${code}`, code, why.params)}</div>)}</Text>
      </Popover.Dropdown>
    </Popover>
  )
}
