/** My face, for the people behind the counter: taken or chosen, cut square in this browser, removed at any time. */
import { useRef, useState, type ChangeEvent } from 'react'
import { ApiError, call, touch } from '../kit/call.ts'
import { drawn } from '../kit/drawing.ts'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { Button, Problem, Section } from './parts.tsx'

/** Twice what the largest screen shows of it. */
const side = 256

/** The square of its middle as JPEG in base64, turned as the camera was held. Throws when the file is no picture. */
async function faceOf(file: File): Promise<string> {
  const url = URL.createObjectURL(file)
  try {
    // an image turns itself by what the camera noted; what is read otherwise does not in every browser
    const image = new Image()
    image.src = url
    await image.decode()
    return await drawn(image, { width: side, height: side, is_exact: true }, 'image/jpeg')
  } catch {
    throw new ApiError({ status: 422, code: 'member.picture_unreadable' })
  } finally {
    URL.revokeObjectURL(url)
  }
}

interface PictureProps {
  picture: string | null
  taken_away_at: string | null
  name: string
}

export function PicturePart({ picture, taken_away_at, name }: PictureProps) {
  const { t } = useTexts()
  const format = useFormat()
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const act = async (work: () => Promise<unknown>) => {
    setError(null)
    setBusy(true)
    try {
      await work()
      await touch('profile')
    } catch (thrown) {
      setError(thrown)
    }
    setBusy(false)
  }
  const put = (file: File) =>
    act(async () => call('PUT /v1/portal/picture', { body: { base64: await faceOf(file) } }))
  return (
    <Section title={t('portal:me.picture')}>
      {taken_away_at && (
        <p className="notice" role="status">
          {t('portal:me.pictureTakenAway', { day: format.dayOf(taken_away_at) })}
        </p>
      )}
      <div className="own-picture">
        {picture ? (
          <img src={`/v1/portal/picture?version=${picture}`} alt={name || t('portal:me.picture')} />
        ) : (
          <span aria-hidden="true">{[...name.trim()][0]}</span>
        )}
        <div className="stack">
          <FileButton
            label={t('portal:me.pictureTake')}
            capture
            disabled={isBusy}
            chosen={(file) => void put(file)}
          />
          <FileButton label={t('portal:me.pictureChoose')} disabled={isBusy} chosen={(file) => void put(file)} />
          {picture ? (
            <Button disabled={isBusy} onClick={() => void act(() => call('DELETE /v1/portal/picture', {}))}>
              {t('portal:me.pictureRemove')}
            </Button>
          ) : null}
        </div>
      </div>
      <p className="muted">{t('portal:me.pictureHint')}</p>
      <Problem error={error} />
    </Section>
  )
}

interface FileProps {
  label: string
  /** With the camera at once, where there is one: phones then offer nothing else. */
  capture?: boolean
  disabled: boolean
  chosen: (file: File) => void
}

function FileButton({ label, capture = false, disabled, chosen }: FileProps) {
  const input = useRef<HTMLInputElement>(null)
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0]
    // the same file may be chosen again
    event.target.value = ''
    if (file) chosen(file)
  }
  return (
    <>
      <Button disabled={disabled} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        aria-label={label}
        onChange={take}
        {...(capture ? { capture: 'user' as const } : {})}
      />
    </>
  )
}
