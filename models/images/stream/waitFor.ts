import type { SharedBatch } from './sharedBatch.ts'

/** Milliseconds: between two looks at what threads say; and without an image done, after which they are given up. */
const [LOOK, PATIENCE] = [50, 120_000]

/** Waits until threads are done with a batch. `hear` throws where one of them says that it can do nothing more. */
export function waitFor(batch: SharedBatch, hear: () => void): void {
  let [left, since] = [batch.left, performance.now()]
  while (left > 0) {
    batch.wait(LOOK)
    hear()
    const now = batch.left
    if (now < left) since = performance.now()
    else if (performance.now() - since > PATIENCE) {
      throw new Error(`imageStream: an image decoded in ${PATIENCE / 1000} s expected, got none`)
    }
    left = now
  }
}
