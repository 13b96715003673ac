/** A chosen picture becomes the sizes that the server wants: cut, drawn and written as PNG in this browser. */

export interface WantedSize {
  name: string
  width: number
  height: number
  /** Cut to exactly this; else it fits inside and nothing is cut. */
  is_exact: boolean
}

/** What the server takes by kind; its own list (record/program/types.ts) is held against what arrives. */
export const wantedSizes = {
  icon: [512, 192, 87, 58, 29].map((side) => ({ name: `${side}`, width: side, height: side, is_exact: true })),
  logo: [3, 2, 1].map((by) => ({ name: `${by}x`, width: 160 * by, height: 50 * by, is_exact: false })),
  card: [2, 3, 1].map((by) => ({ name: `${by}x`, width: 375 * by, height: 144 * by, is_exact: true })),
} as const satisfies Record<string, readonly WantedSize[]>
export type PictureKind = keyof typeof wantedSizes
export const pictureKinds = Object.keys(wantedSizes) as PictureKind[]

export interface SizedPng {
  name: string
  base64: string
}

/** Reads a file as a picture; rejects when it is none. */
export async function sized(file: File, kind: PictureKind): Promise<SizedPng[]> {
  const picture = await createImageBitmap(file)
  try {
    return await Promise.all(wantedSizes[kind].map((size) => drawn(picture, size)))
  } finally {
    picture.close()
  }
}

async function drawn(picture: ImageBitmap, size: WantedSize): Promise<SizedPng> {
  const [across, down] = [size.width / picture.width, size.height / picture.height]
  // cut: the middle of what is too wide or too high; fit: as large as there is room, never larger than it is
  const scale = size.is_exact ? Math.max(across, down) : Math.min(across, down, 1)
  const [width, height] = [picture.width * scale, picture.height * scale]
  const canvas = document.createElement('canvas')
  canvas.width = size.is_exact ? size.width : Math.max(1, Math.floor(width))
  canvas.height = size.is_exact ? size.height : Math.max(1, Math.floor(height))
  const brush = canvas.getContext('2d')!
  brush.imageSmoothingQuality = 'high'
  brush.drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height)
  const blob = await new Promise<Blob>((resolve, reject) =>
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error('no picture'))), 'image/png'),
  )
  return { name: size.name, base64: await base64Of(blob) }
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
