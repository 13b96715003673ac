/** A page whose subject is on its way, or could not be read. */
import { Page, type PageProps } from './page.tsx'
import { Failed, TextSkeleton } from './states.tsx'

/** What a page needs of the read that it waits for. */
interface Awaited {
  isError: boolean
  error: unknown
  refetch(): unknown
}

export function PageAwaiting({ read, title, above }: Pick<PageProps, 'title' | 'above'> & { read: Awaited }) {
  return (
    <Page title={title} {...(above ? { above } : {})}>
      {read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <TextSkeleton lines={6} width={420} />
      )}
    </Page>
  )
}
