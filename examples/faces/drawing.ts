import { isDone } from '../jobs/job.ts'
import { runJobs } from '../jobs/runJobs.ts'
import type { OnStep } from '../jobs/serve.ts'
import { drawShare, type FaceSet, imagesOf, isWhole, type Share, writeContainers } from './files/set.ts'

const WORKER = new URL('./drawWorker.ts', import.meta.url)

/** A share of the drawing as a job of ../jobs: `steps` are pictures, `seed` is its place among the shares. */
interface Job {
  readonly loss: string
  readonly seed: number
  readonly steps: number
  readonly unit: string
  readonly set: FaceSet
  readonly share: Share
}

interface Drawn {
  readonly run: { readonly steps: number; readonly seconds: number }
}

/** What a process for a share does. */
export async function drawnShare({ set, share }: Job, onStep: OnStep): Promise<Drawn> {
  const begin = performance.now()
  const steps = drawShare(set, share, images => onStep(images, Number.NaN))
  return { run: { steps, seconds: (performance.now() - begin) / 1000 } }
}

/** Draws the set, in so many processes, unless it is there; `false` when it was stopped before all was drawn. Throws where a share fails. */
export async function drawSet(set: FaceSet, parallel: number, signal: AbortSignal): Promise<boolean> {
  if (isWhole(set)) return true
  const jobs = Array.from({ length: parallel }, (_, part): Job => {
    const share = { part, of: parallel }
    return { loss: 'drawing', seed: part, steps: imagesOf(set, share), unit: 'pictures', set, share }
  })
  const { outcomes } = await runJobs<Job, Drawn>(jobs, {
    worker: WORKER,
    parallel,
    signal,
    titleOf: loss => loss,
  })
  const failed = outcomes.find(({ error }) => error !== undefined)
  if (failed !== undefined) throw new Error(`drawing: ${failed.error}`)
  if (!outcomes.every(isDone)) return false
  writeContainers(set)
  return true
}
