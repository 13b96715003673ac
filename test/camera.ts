/** A camera for Chromium that shows one QR code: frames of grey, as raw video. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { create } from 'qrcode'

const [width, height, frames] = [640, 480, 10]
const quiet_modules = 4

/** The browser's arguments for a camera that is held over this code; `remove` when the browser is closed. */
export async function cameraShowing(text: string): Promise<{ args: string[]; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'regulars-camera-'))
  const file = path.join(folder, 'code.y4m')
  const frame = Buffer.concat([Buffer.from('FRAME\n'), pictureOf(text)])
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420\n`)
  await writeFile(file, Buffer.concat([head, ...Array<Buffer>(frames).fill(frame)]))
  const args = [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${file}`,
  ]
  return { args, remove: () => rm(folder, { recursive: true }) }
}

/** Luma of the code in the middle of white; chroma is grey. */
function pictureOf(text: string): Buffer {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const size = modules.size + 2 * quiet_modules
  const scale = Math.floor(height / size)
  const [left, top] = [Math.floor((width - size * scale) / 2), Math.floor((height - size * scale) / 2)]
  const luma = Buffer.alloc(width * height, 235)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = Math.floor((x - left) / scale) - quiet_modules
      const row = Math.floor((y - top) / scale) - quiet_modules
      const isIn = column >= 0 && row >= 0 && column < modules.size && row < modules.size
      if (isIn && modules.get(row, column)) luma[y * width + x] = 16
    }
  }
  return Buffer.concat([luma, Buffer.alloc((width * height) / 2, 128)])
}
