/** Builds the console into dist/web/console. `web/build.ts` calls it when the sources changed. */
import path from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const root = path.join(import.meta.dirname, 'console')

export default defineConfig({
  root,
  base: '/',
  plugins: [react()],
  build: {
    outDir: path.join(import.meta.dirname, '../dist/web/console'),
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    // the server's Content-Security-Policy allows no inline script
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  server: {
    proxy: { '/v1': 'http://127.0.0.1:8080', '/l': 'http://127.0.0.1:8080', '/docs': 'http://127.0.0.1:8080' },
  },
})
