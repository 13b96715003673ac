/** Builds one app into dist/web/<app>: the console unless REGULARS_APP names another. Called by `web/build`. */
import path from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { offlineShell } from './offline-shell.ts'

const wanted = process.env['REGULARS_APP']
const app = wanted === 'counter' || wanted === 'portal' ? wanted : 'console'
const root = path.join(import.meta.dirname, app)
const proxied = {
  '/v1': 'http://127.0.0.1:8080',
  '/l': 'http://127.0.0.1:8080',
  '/docs': 'http://127.0.0.1:8080',
  '/brand': 'http://127.0.0.1:8080',
}

export default defineConfig({
  root,
  base: app === 'console' ? '/' : `/${app}/`,
  plugins: [react(), ...(app === 'console' ? [] : [offlineShell(app)])],
  build: {
    outDir: path.join(import.meta.dirname, '../dist/web', app),
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    // the server's Content-Security-Policy allows no inline script
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: proxied },
})
