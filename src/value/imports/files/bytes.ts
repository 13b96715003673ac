import { createReadStream, type ReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AppError } from '../../../base/errors.ts'

/** What a staged file is, told by its first bytes; a name may lie. */
export type FileKind = 'text' | 'gzip' | 'xlsx' | 'xls'

/** The bytes of a staged file, unpacked, with how far the file itself has been read (for progress). */
export interface Bytes {
  bytes_total: number
  bytesRead(): number
  chunks: AsyncIterable<Buffer>
}

/** 64 kB at once: larger pieces are no faster to unpack, and their rows outlive the young generation of the heap. */
const chunkBytes = 64 * 1024

/** Errors: `import.file_not_found`, `import.file_empty`. */
export async function fileKind(path: string): Promise<{ kind: FileKind; bytes_total: number }> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw new AppError('import.file_not_found', { path }, { cause })
  })
  try {
    const { size } = await handle.stat()
    const head = Buffer.alloc(8)
    const { bytesRead } = await handle.read(head, 0, 8, 0)
    if (bytesRead === 0) throw new AppError('import.file_empty', { path })
    return { kind: kindOf(head.subarray(0, bytesRead)), bytes_total: size }
  } finally {
    await handle.close()
  }
}

function kindOf(head: Buffer): FileKind {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head.toString('latin1', 0, 4) === 'PK\x03\x04') return 'xlsx'
  if (head.toString('hex', 0, 4) === 'd0cf11e0') return 'xls'
  return 'text'
}

/**
 * Opens a text file, packed or not, as a stream of bytes; memory does not grow with the file. A broken packing throws
 * `import.gzip_broken` from the iteration; an abort throws the signal's reason.
 */
export async function openBytes(path: string, options: { signal?: AbortSignal } = {}): Promise<Bytes> {
  const { kind, bytes_total } = await fileKind(path)
  const file = { stream: undefined as ReadStream | undefined }
  return {
    bytes_total,
    bytesRead: () => file.stream?.bytesRead ?? 0,
    chunks: chunksOf(path, kind, options.signal, file),
  }
}

async function* chunksOf(
  path: string,
  kind: FileKind,
  signal: AbortSignal | undefined,
  file: { stream: ReadStream | undefined },
): AsyncGenerator<Buffer> {
  const source = createReadStream(path, { highWaterMark: chunkBytes })
  file.stream = source
  const gunzip = kind === 'gzip' ? createGunzip({ chunkSize: chunkBytes }) : undefined
  // pipeline closes both ends when either fails or the reader stops early; its error arrives through the iteration.
  if (gunzip) pipeline(source, gunzip, () => {})
  try {
    for await (const chunk of gunzip ?? source) {
      signal?.throwIfAborted()
      yield chunk as Buffer
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw new AppError('import.gzip_broken', { reason: error.message }, { cause: error })
    }
    throw error
  }
}
