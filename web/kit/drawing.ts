/** Pictures drawn to a size in this browser: nothing of the file that was chosen leaves it but what is drawn. */

export interface DrawnSize {
  width: number
  height: number
  /** Cut to exactly this; else it fits inside and nothing is cut. */
  is_exact: boolean
}

export type DrawnType = 'image/png' | 'image/jpeg'

/** A face of 256 × 256 stays under 48 kB even where every pixel is noise; PNG takes no notice of it. */
const jpeg_quality = 0.85

/** Draws a picture in a size, as base64 of the type. */
export async function drawn(
  picture: ImageBitmap | HTMLImageElement,
  size: DrawnSize,
  type: DrawnType,
): Promise<string> {
  const [across, down] = [size.width / picture.width, size.height / picture.height]
  // cut: the middle of what is too wide or too high; fit: as large as there is room, never larger than it is
  const scale = size.is_exact ? Math.max(across, down) : Math.min(across, down, 1)
  const [width, height] = [picture.width * scale, picture.height * scale]
  const canvas = document.createElement('canvas')
  canvas.width = size.is_exact ? size.width : Math.max(1, Math.floor(width))
  canvas.height = size.is_exact ? size.height : Math.max(1, Math.floor(height))
  const brush = canvas.getContext('2d')!
  if (type === 'image/jpeg') {
    // it knows nothing clear: what is would be black
    brush.fillStyle = '#ffffff'
    brush.fillRect(0, 0, canvas.width, canvas.height)
  }
  brush.imageSmoothingQuality = 'high'
  brush.drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height)
  const blob = await new Promise<Blob>((resolve, reject) =>
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error('no picture'))), type, jpeg_quality),
  )
  return base64Of(blob)
}

async function base64Of(blob: Blob): Promise<string> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result as string)
    reader.onerror = () => reject(reader.error!)
    reader.readAsDataURL(blob)
  })
  return url.slice(url.indexOf(',') + 1)
}
