/** Sends a file with its progress, which `fetch` cannot tell. */
import { ApiError, type Answer } from '../../kit/call.ts'

export interface UploadOptions {
  kind: 'orders' | 'members'
  preset?: string | null
  source?: string
  signal: AbortSignal
  progress: (sent: number, total: number) => void
}

/** Uploads and answers the import that waits. Rejects with `ApiError`, or an `AbortError` when called off. */
export function upload(file: File, options: UploadOptions): Promise<Answer<'POST /v1/admin/imports'>> {
  const form = new FormData()
  form.set('kind', options.kind)
  if (options.preset) form.set('preset', options.preset)
  if (options.source) form.set('source', options.source)
  // fields come before the file, which is read as it streams in
  form.set('file', file, file.name)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', '/v1/admin/imports')
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => options.progress(loaded, total)
    request.onload = () => {
      const answer = request.response as (Answer<'POST /v1/admin/imports'> & Problem) | null
      if (request.status < 400 && answer) return resolve(answer)
      reject(new ApiError({ ...answer, status: request.status, code: answer?.code ?? 'server.failed' }))
    }
    request.onerror = () => reject(new ApiError({ status: 0, code: 'network.unreachable' }))
    request.onabort = () => reject(new DOMException('upload called off', 'AbortError'))
    options.signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(form)
  })
}

interface Problem {
  code?: string
  title?: string
  params?: Record<string, unknown>
  request_id?: string
}
