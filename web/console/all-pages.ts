/** Every page of every noun's folder: a `routes.ts` that exists is a part of the console. */
import type { PageRoute } from './routes.ts'

const folders = import.meta.glob<Record<string, PageRoute[]>>('./*/routes.ts', { eager: true })

export const allPages: PageRoute[] = Object.values(folders).flatMap((folder) => Object.values(folder).flat())
const paths = new Set(allPages.map(({ path }) => path))

/** Is there a page at this address? */
export function isPage(path: string): boolean {
  return paths.has(path)
}
