import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Window } from '../../../engine/backends/backend.ts'
import { reference } from '../../../engine/backends/reference/index.ts'
import { wasm } from '../../../engine/backends/wasm/index.ts'
import { Generator } from '../../../engine/index.ts'
import { outputSize } from '../../../engine/ops/window.ts'
import { seeds } from '../../../engine/testing/index.ts'
import { floats } from '../../support/calls/call.ts'
import { check } from '../../support/property.ts'

/** Windows many of which hold each place of the image: of more than 512 in most cases, of fewer in some. */
function overlapping(rng: Generator): Window {
  const kernel = [rng.integer(16, 30), rng.integer(16, 30)] as const
  const [stride, dilation] = [rng.integer(1, 2), rng.integer(1, 2)]
  const padding = kernel.map(n => rng.integer(0, Math.floor(n / 2))) as [number, number]
  const input = kernel.map(n => rng.integer(n, n + 30) * dilation) as [number, number]
  const options = { stride: [stride, stride], padding, dilation: [dilation, dilation] } as const
  return outputSize('pool', input, kernel, options)
}

it('adjoints of pooling by windows that overlap much: as the reference', () => {
  check(
    fc.property(seeds(), seed => {
      const rng = new Generator(seed)
      const g = overlapping(rng)
      const [x, dz] = [g.input, g.output].map(size => floats(rng, [1, ...size, 2], { coarse: true }))
      const [dx, right] = [wasm(), reference].map(k => {
        const [xs, dzs] = [x, dz].map(({ values, shape }) => k.upload(values, shape, 'float32'))
        const results = [k.avgPool2dGrad(dzs, g), k.maxPool2dGrad(dzs, xs, g)]
        const values = results.map(z => Float64Array.from(k.readSync(z)))
        for (const { buffer } of [xs, dzs, ...results]) k.free(buffer)
        return values
      })
      // Sums of at most some hundred halves are exact; the mean's are divided before.
      expect(Array.from(dx[1])).toEqual(Array.from(right[1]))
      dx[0].forEach((v, i) => {
        expect(Math.abs(v - right[0][i])).toBeLessThan(1e-5)
      })
    }),
    8,
  )
})
