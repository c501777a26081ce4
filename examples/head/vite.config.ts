import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { digitsFile } from '../playground/digits/plugin.ts'
import { installOrt } from './install.ts'

installOrt(console.error)

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The built page runs under any path.
  base: './',
  plugins: [digitsFile()],
  build: { outDir: 'dist', target: 'es2022' },
  // It loads its WebAssembly from beside itself.
  optimizeDeps: { exclude: ['onnxruntime-web'] },
})
