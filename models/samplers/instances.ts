import { checkOptions } from '../../engine/check.ts'
import { generator } from '../../engine/index.ts'
import { checkNames } from '../../engine/state.ts'
import { words } from '../layers/layer.ts'
import { count } from '../state.ts'
import type { NoOptions, Sampling } from './sampler.ts'

/**
 * Every sample alike: all of them in a new random order each epoch. The last of an epoch that do not fill a batch are left
 * out of that epoch.
 */
export function instances(options?: NoOptions): Sampling {
  checkOptions('instances', options, {})
  return (y, size, seed) => {
    const n = y.length
    const rng = generator(seed)
    // The order of an epoch follows from where its random numbers began.
    let epoch: readonly number[]
    const shuffle = (): Int32Array => {
      epoch = rng.state()
      return rng.permutation(n)
    }
    let order = shuffle()
    let at = 0
    return {
      next() {
        if (at + size > n) {
          order = shuffle()
          at = 0
        }
        at += size
        return order.subarray(at - size, at)
      },
      state: () => ({ samples: n, at, epoch: [...epoch] }),
      load(values) {
        checkNames('Batches', ['samples', 'at', 'epoch'], Object.keys(values))
        const samples = count('Batches', values, 'samples')
        if (samples !== n) throw new Error(`Batches: samples is ${n}, got ${samples}`)
        const place = count('Batches', values, 'at')
        if (place > n) throw new Error(`Batches: at is at most ${n}, got ${place}`)
        rng.restore(words('Batches', 'epoch', values.epoch))
        order = shuffle()
        at = place
      },
    }
  }
}
