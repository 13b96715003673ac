/** "Why these points?": opens the reasons that are stored with the entry. */
import { Popover } from '@mantine/core'
import { Why } from '../why.tsx'
import classes from './members.module.css'

/** As it is stored: codes and parameters, from which the amount can be worked out again. */
export interface StoredWhy {
  codes: string[]
  params: Record<string, string | number | boolean | null>
  rule_version: number | null
}

export function WhyButton({ why, label, title }: { why: StoredWhy; label: string; title?: string }) {
  return (
    <Popover position="bottom-start" width={360} shadow="md" withArrow>
      <Popover.Target>
        <button type="button" className={classes.why} title={title}>
          {label}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <Why why={why} />
      </Popover.Dropdown>
    </Popover>
  )
}
