/** How a noun's folder names its pages: a path and the file that is loaded when it is opened. */
import type { ComponentType } from 'react'

export interface PageRoute {
  /** `$name` is a parameter: `/members/$member_id`. */
  path: string
  /** What the page takes besides what its entry in the navigation asks for, such as writing. */
  permission?: string
  /** The page is the module's default export; its code is loaded when the page is opened or its link pointed at. */
  load: () => Promise<{ default: ComponentType }>
}

/** The pages of one noun. */
export function pages(...routes: PageRoute[]): PageRoute[] {
  return routes
}
