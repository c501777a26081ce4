import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { backend, defaultBackend, type Stateful } from '../../../engine/index.ts'
import { joinStates, loadParts, mapRecord } from '../../../engine/state.ts'
import { loadCheckpoint, moveState, saveCheckpoint } from '../../../models/index.ts'
import { writeWhole } from '../../../models/node/writeWhole.ts'
import type { Job } from './results.ts'
import { trainedAs } from './variants.ts'

type Parts = Readonly<Record<string, Stateful>>

export interface Checkpoint {
  save(parts: Parts): Promise<void>
  /** Brings the parts to where they were saved; leaves them as they are where nothing was. */
  restore(parts: Parts): void
}

/**
 * The file that a job leaves in that folder: another training, another file, by a hash of all that decides it. Variants that
 * differ in what comes after the training share one.
 */
export function checkpointOf(folder: string, job: Job): Checkpoint {
  const loss = trainedAs(job.loss)
  const hash = createHash('sha256')
    .update(JSON.stringify({ ...job, loss }))
    .digest('hex')
    .slice(0, 8)
  const path = join(folder, `${loss}-seed${job.seed}-${hash}.safetensors`)
  return {
    async save(parts) {
      const state = joinStates(mapRecord(parts, part => part.state()))
      // Some backends give their numbers only later.
      const here = defaultBackend().synchronous ? state : await moveState(state, backend('reference'))
      writeWhole(path, saveCheckpoint(here))
    },
    restore(parts) {
      if (!existsSync(path)) return
      loadParts(path, parts, loadCheckpoint(readFileSync(path), { backend: defaultBackend(), file: path }))
    },
  }
}
