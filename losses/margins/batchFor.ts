import { refusal } from '../../engine/check.ts'
import type { Batch } from './margin.ts'

/** The batch that a margin goes by. Throws where psi is called without one. */
export function batchFor(op: string, batch: Batch | undefined): Batch {
  if (batch === undefined) throw refusal(op, 'psi with a batch, { norm, memory, t },', batch)
  return batch
}
