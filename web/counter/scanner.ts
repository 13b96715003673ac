/** Reads codes off pictures. Loaded with its 900 kB of wasm, from our own address, when the camera first opens. */
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url'

prepareZXingModule({
  overrides: { locateFile: (file: string, prefix: string) => (file.endsWith('.wasm') ? wasm : prefix + file) },
})

/** Members' codes, goods, and cards of older systems. */
const formats = ['QRCode', 'EAN13', 'Code128', 'Code39Std'] as const

/** The text of a code in the picture, or null. */
export async function read(picture: ImageData): Promise<string | null> {
  const [found] = await readBarcodes(picture, { formats: [...formats], maxNumberOfSymbols: 1, tryHarder: true })
  return found?.isValid ? found.text : null
}
