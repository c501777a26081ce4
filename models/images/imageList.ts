import { refusal, shown } from '../../engine/check.ts'
import type { Labels } from '../../losses/labels.ts'

/** Image files and their classes: files[N] y[N]. */
export interface ImageList {
  readonly files: readonly string[]
  readonly y: Int32Array
}

/** An `ImageList`, or one of your own. */
export interface LabelledFiles {
  readonly files: readonly string[]
  readonly y: Labels
}

export function checkFiles(op: string, files: readonly string[]): void {
  if (!Array.isArray(files)) {
    const hint = typeof files === 'string' ? `: [${shown(files)}]` : ', such as imageFolder(..).train.files'
    throw refusal(op, `a list of files${hint},`, files)
  }
  if (files.length === 0) throw new Error(`${op}: at least one file expected, got 0`)
  const odd = files.findIndex(file => typeof file !== 'string')
  if (odd >= 0) throw new Error(`${op}: paths of files expected, got ${shown(files[odd])} at ${odd}`)
}
