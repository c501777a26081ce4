import { storeLanes } from './lanes.ts'
import { prelu4 } from './prelu.ts'

/** In place of the address of slopes: max(z, 0). */
const RELU: usize = 1

/**
 * Of `places` of z, side by side, each number that is not above 0 times its channel's slope; `slopes` is their address, 1
 * for max(z, 0), 0 for z as it is. What was just stored is still in the cache.
 */
export function activate(z: usize, places: i32, channels: i32, slopes: usize): void {
  if (slopes === 0) return
  if (slopes === RELU) rectify(z, places * channels)
  else {
    for (let p = 0; p < places; p++) {
      for (let c = 0; c < channels; c += 4) {
        const at = z + (c << 2),
          v = v128.load(at)
        storeLanes(at, prelu4(v, v, v128.load(slopes + (c << 2))), channels - c)
      }
      z += channels << 2
    }
  }
}

function rectify(z: usize, n: i32): void {
  for (; n > 0; n -= 4) {
    storeLanes(z, f32x4.pmax(v128.load(z), f32x4.splat(0)), n)
    z += 16
  }
}
