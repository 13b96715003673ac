/** Where the console was last served from this data folder: other processes print links and cannot know the port. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Config } from '../base/config.ts'

const fileOf = (data: string) => path.join(data, 'address')

/** Keeps it for `addressOf`; nothing without a data folder. */
export function keepAddress(data: string, address: string): void {
  if (existsSync(data)) writeFileSync(fileOf(data), `${address}\n`)
}

/** The address that was told (BASE_URL), else the last one served from, else the one that would be tried first. */
export function addressOf({
  base_url,
  data,
  host,
  port,
}: Pick<Config, 'base_url' | 'data' | 'host' | 'port'>): string {
  if (base_url) return base_url
  const kept = existsSync(fileOf(data)) ? readFileSync(fileOf(data), 'utf8').trim() : ''
  return /^https?:\/\/\S+$/.test(kept) ? kept : `http://${host}:${port}`
}
