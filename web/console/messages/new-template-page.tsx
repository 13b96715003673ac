/** A new template, begun with a few words so that the page is never blank. */
import { useMemo } from 'react'
import { useGo } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { useWrite } from '../../kit/use-call.ts'
import { useSession } from '../session.tsx'
import { TemplateForm } from './template-form.tsx'
import { written, wordsFor, type TemplateValues } from './words.ts'

export default function NewTemplatePage() {
  const { t, language } = useTexts()
  const go = useGo()
  const { program } = useSession()
  const create = useWrite('POST /v1/admin/templates')
  const initial = useMemo<TemplateValues>(() => {
    const codes = program?.languages ?? [language]
    // the starting words are in the reader's language; they are offered where the program speaks it too
    const first = codes.includes(language) ? language : null
    // in Chinese a given name alone is for family and friends
    const name = language.startsWith('zh') ? '{{ member.name }}' : '{{ member.first_name }}'
    const filled = { name, points: '{{ points }}' }
    const starter = {
      subject: t('messages:starterSubject', filled),
      html: t('messages:starterHtml', filled),
      text: '',
    }
    const ordered = first ? [first, ...codes.filter((code) => code !== first)] : codes
    return {
      name: '',
      medium: 'email',
      purpose: 'marketing',
      languages: wordsFor(ordered, first ? { [first]: starter } : {}),
    }
  }, [program, language, t])
  const save = async ({ name, medium, purpose, languages }: TemplateValues) => {
    const { template_id } = await create.mutateAsync({
      body: { name, medium, purpose, languages: written(languages, medium) },
    })
    setTimeout(() => go(`/messages/templates/${template_id}`, { replace: true }))
  }
  const back = '/messages/templates'
  return (
    <Page
      title={t('messages:newTemplateTitle')}
      question={t('messages:templateQuestion')}
      above={[
        { title: t('messages:title'), to: '/messages' },
        { title: t('messages:tabs.templates'), to: back },
      ]}
    >
      <TemplateForm
        initial={initial}
        template_id={null}
        save={save}
        saved={() => undefined}
        cancel={() => go(back)}
      />
    </Page>
  )
}
