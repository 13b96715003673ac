/** What changes when somebody has signed in. */
import { queryClient } from '../kit/call.ts'

/** What is everybody's: it stays on screen, and so do the pages that stand on it. */
const isOpen = (name: unknown) => typeof name === 'string' && / \/v1\/open\//.test(name)

/** Reads everything anew that belongs to whoever is here now; a page that is on screen keeps its state. */
export async function readAnew(): Promise<void> {
  await queryClient.resetQueries({ predicate: ({ queryKey }) => !isOpen(queryKey[0]) })
}
