/** A chosen picture becomes the sizes that the server wants: cut, drawn and written as PNG in this browser. */
import { drawn, type DrawnSize } from '../../kit/drawing.ts'

export interface WantedSize extends DrawnSize {
  name: string
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
    return await Promise.all(
      wantedSizes[kind].map(async (size) => ({
        name: size.name,
        base64: await drawn(picture, size, 'image/png'),
      })),
    )
  } finally {
    picture.close()
  }
}
