/** One template: its words in each language, how a member reads them, and a test. */
import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
import { usePathParam } from '../../kit/address.ts'
import type { Answer } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { Door, useGo } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { BlockSkeleton, Failed } from '../../kit/states.tsx'
import { useCall, useWrite } from '../../kit/use-call.ts'
import { useMay, useSession } from '../session.tsx'
import { TemplateForm } from './template-form.tsx'
import { written, wordsFor, type TemplateValues } from './words.ts'

type Template = Answer<'GET /v1/admin/templates/:template_id'>

export default function TemplatePage() {
  const { t } = useTexts()
  const go = useGo()
  const may = useMay()
  const { program } = useSession()
  const template_id = usePathParam('template_id')
  const read = useCall('GET /v1/admin/templates/:template_id', { params: { template_id } })
  const update = useWrite('PATCH /v1/admin/templates/:template_id')
  const template = read.data
  const initial = useMemo<TemplateValues | null>(
    () =>
      template
        ? {
            name: template.name,
            medium: template.medium,
            purpose: template.purpose,
            languages: wordsFor(program?.languages ?? [], template.languages as TemplateValues['languages']),
          }
        : null,
    [template, program],
  )
  const save = async ({ name, medium, purpose, languages }: TemplateValues) => {
    const words = written(languages, medium)
    // the same words must not make a new version
    const changed = JSON.stringify(words) !== JSON.stringify(written(initial!.languages, medium))
    await update.mutateAsync({
      params: { template_id },
      body: { name, purpose, ...(changed ? { languages: words } : {}) },
    })
  }
  const back = '/messages/templates'
  return (
    <Page
      title={template?.name ?? t('messages:template')}
      question={t('messages:templateQuestion')}
      above={[
        { title: t('messages:title'), to: '/messages' },
        { title: t('messages:tabs.templates'), to: back },
      ]}
      actions={
        template && (
          <>
            {!template.archived_at && may('campaigns:write') && (
              <Button variant="default" component={Door} to={`/campaigns/new?template_id=${template_id}`}>
                {t('messages:writeCampaign')}
              </Button>
            )}
            {may('messages:write') && <Archive template={template} />}
          </>
        )
      }
    >
      {initial ? (
        <TemplateForm
          key={template_id}
          initial={initial}
          template_id={template_id}
          save={save}
          cancel={() => go(back)}
        />
      ) : read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <BlockSkeleton height={420} />
      )}
    </Page>
  )
}

function Archive({ template }: { template: Template }) {
  const { t } = useTexts()
  const [asking, setAsking] = useState(false)
  const { template_id, name, archived_at } = template
  const update = useWrite('PATCH /v1/admin/templates/:template_id')
  const put = (archived: boolean) => update.mutateAsync({ params: { template_id }, body: { archived } })
  if (archived_at)
    return (
      <Button variant="default" loading={update.isPending} onClick={() => void put(false)}>
        {t('messages:unarchive')}
      </Button>
    )
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('messages:archive')}
      </Button>
      <Confirm
        opened={asking}
        close={() => setAsking(false)}
        title={t('messages:archiveTitle', { name })}
        verb={t('messages:archive')}
        act={() => put(true)}
      >
        {t('messages:archiveText')}
      </Confirm>
    </>
  )
}
