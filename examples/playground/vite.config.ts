import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { digitsFile } from './digits/plugin.ts'

/** With these a page may give its memory to threads; a host without them serves it too, on one thread. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** Whether there is a browser to open: not without a display, nor where a program started us. */
const { DISPLAY, WAYLAND_DISPLAY, CI } = process.env
const display = process.platform !== 'linux' || DISPLAY !== undefined || WAYLAND_DISPLAY !== undefined
const open = display && CI === undefined && process.stdout.isTTY === true

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The built page runs under any path.
  base: './',
  plugins: [digitsFile()],
  server: { headers, open },
  preview: { headers, open },
  worker: { format: 'es' },
  build: { outDir: 'dist', target: 'es2022' },
  // A package that is found late has the page loaded again, and its run is gone; the worker is not looked into by itself.
  optimizeDeps: { entries: ['index.html', 'training/worker.ts'] },
})
