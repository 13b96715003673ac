/** Files that were brought: kept in the data folder until the import is forgotten. */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../base/errors.ts'
import { newToken } from '../../base/ids.ts'

export interface KeptFile {
  file_path: string
  file_bytes: number
  file_sha256: string
}

/** Streams a file into `<data>/uploads`, readable by this user only. Nothing stays of one that breaks off. */
export async function keepUpload(data: string, file: Readable): Promise<KeptFile> {
  const folder = path.resolve(data, 'uploads')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file_path = path.join(folder, newToken().slice(0, 22))
  const hash = createHash('sha256')
  const meter = metered(hash)
  try {
    await pipeline(file, meter.stream, createWriteStream(file_path, { mode: 0o600, flags: 'wx' }))
  } catch (thrown) {
    await rm(file_path, { force: true })
    throw thrown
  }
  return { file_path, file_bytes: meter.bytes(), file_sha256: hash.digest('hex') }
}

function metered(hash: Hash): { stream: Transform; bytes: () => number } {
  let bytes = 0
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      hash.update(chunk)
      done(null, chunk)
    },
  })
  return { stream, bytes: () => bytes }
}

/** A file that stays where it is (the command line). Throws `import.file_not_found`. */
export async function fileInPlace(file: string): Promise<KeptFile> {
  const file_path = path.resolve(file)
  const found = await stat(file_path).catch((cause: unknown) => {
    throw new AppError('import.file_not_found', { path: file }, { cause })
  })
  return { file_path, file_bytes: found.size, file_sha256: await fileHash(file_path) }
}

/** SHA-256 of a file: half a gigabyte a second. Throws `import.file_not_found`. */
export async function fileHash(file_path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(file_path, { highWaterMark: 1 << 20 }), hash)
  } catch (cause) {
    throw new AppError('import.file_not_found', { path: file_path }, { cause })
  }
  return hash.digest('hex')
}

/** Removes an upload; one that is gone already is no error. */
export async function removeUpload(file_path: string): Promise<void> {
  await rm(file_path, { force: true })
}
