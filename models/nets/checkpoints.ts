import { checkFlag } from '../../engine/check.ts'
import * as layers from '../layers/index.ts'

/**
 * What makes a block of a stage, with `checkpoint` one that keeps no graph: all but those of the last stage, which the way
 * back passes first, when there is no memory to be saved.
 */
export function checkpoints(
  op: string,
  checkpoint: boolean,
  stages: number,
): (stage: number, block: layers.Layer) => layers.Layer {
  checkFlag(op, 'checkpoint', checkpoint)
  return (stage, block) => (checkpoint && stage < stages - 1 ? layers.checkpoint(block) : block)
}
