// A thread starts without the loader that reads TypeScript: registered here, as bin/regulars.js does.
import { register } from 'tsx/esm/api'

register()
await import('./xlsx-worker.ts')
