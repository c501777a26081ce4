import { checkFlag } from '../../engine/check.ts'
import * as layers from '../layers/index.ts'

/**
 * What makes a part of a stage, with `checkpoint` one that keeps no graph: in all stages but the last, which the way back
 * passes first, when there is no memory to be saved.
 */
export function checkpoints(
  op: string,
  checkpoint: boolean,
  stages: number,
): (stage: number, part: layers.Layer) => layers.Layer {
  checkFlag(op, 'checkpoint', checkpoint)
  return (stage, part) => (checkpoint && stage < stages - 1 ? layers.checkpoint(part) : part)
}
