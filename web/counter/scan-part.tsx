/** The camera as a barcode gun: a button, a frame to hold the code into, and the text of the first code read. */
import { useEffect, useRef, useState } from 'react'
import { useTexts } from '../kit/i18n.ts'
import { Button } from './parts.tsx'

/** A code is held for a second; six looks are enough, and leave the processor to the rest. */
const lookMs = 150
/** Wide enough for a long barcode, small enough to be read in 30 ms on an old phone. */
const width_max = 960

export function ScanPart({ found }: { found: (text: string) => void }) {
  const { t } = useTexts()
  const [isOpen, setOpen] = useState(false)
  if (!isOpen) return <Button onClick={() => setOpen(true)}>{t('counter:scan')}</Button>
  const close = () => setOpen(false)
  return (
    <Camera
      close={close}
      found={(text) => {
        close()
        found(text)
      }}
    />
  )
}

function Camera({ found, close }: { found: (text: string) => void; close: () => void }) {
  const { t } = useTexts()
  const video = useRef<HTMLVideoElement>(null)
  const [isDenied, setDenied] = useState(false)
  const tell = useRef(found)
  tell.current = found
  useEffect(() => {
    const ending = new AbortController()
    void watch(video.current!, ending.signal).then(
      (text) => text !== null && tell.current(text),
      () => setDenied(true),
    )
    return () => ending.abort()
  }, [])
  return (
    <section className="sheet camera" aria-label={t('counter:scanTitle')}>
      {isDenied ? (
        <p className="notice warn" role="alert">
          {t('counter:scanDenied')}
        </p>
      ) : (
        <>
          <video ref={video} muted playsInline aria-label={t('counter:scanTitle')} />
          <p className="muted small">{t('counter:scanTitle')}</p>
        </>
      )}
      <Button onClick={close}>{t('counter:scanStop')}</Button>
    </section>
  )
}

/** Looks until a code is read or nobody wants it any more (null). Rejects without a camera. */
async function watch(video: HTMLVideoElement, signal: AbortSignal): Promise<string | null> {
  const wanted = { video: { facingMode: 'environment', width: { ideal: 1280 } }, audio: false }
  const [stream, scanner] = await Promise.all([navigator.mediaDevices.getUserMedia(wanted), import('./scanner.ts')])
  const stop = () => stream.getTracks().forEach((track) => track.stop())
  signal.addEventListener('abort', stop)
  try {
    if (signal.aborted) return null
    video.srcObject = stream
    await video.play()
    const canvas = document.createElement('canvas')
    const pen = canvas.getContext('2d', { willReadFrequently: true })!
    while (!signal.aborted) {
      const picture = pictureOf(video, canvas, pen)
      const text = picture && (await scanner.read(picture))
      if (text && !signal.aborted) return text
      await new Promise((resolve) => setTimeout(resolve, lookMs))
    }
    return null
  } finally {
    stop()
  }
}

function pictureOf(video: HTMLVideoElement, canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D) {
  const { videoWidth, videoHeight } = video
  if (videoWidth === 0) return null
  const scale = Math.min(1, width_max / videoWidth)
  const [width, height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)]
  if (canvas.width !== width) Object.assign(canvas, { width, height })
  pen.drawImage(video, 0, 0, width, height)
  return pen.getImageData(0, 0, width, height)
}
