import { sizeOf } from '../../../shape.ts'
import type { Backend } from '../../backend.ts'
import { type Core, cellOf } from '../core.ts'
import { plainConvolution } from './plainConvolution.ts'
import { tiledConvolution } from './tiledConvolution.ts'

type Kernels = Pick<Backend, 'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad'>

export function convolution(core: Core): Kernels {
  const { tile } = core.device.traits
  const products = tile === undefined ? plainConvolution(core) : tiledConvolution(core, tile)
  return {
    conv2d(x, w, g, bias) {
      const shape = [g.batch, ...g.output, g.outChannels]
      return core.array(products.forward(cellOf(x), cellOf(w), g, bias && cellOf(bias)), shape, x.dtype)
    },
    conv2dInputGrad(dz, w, g) {
      const shape = [g.batch, ...g.input, g.inChannels]
      return core.array(products.input(cellOf(dz), cellOf(w), g), shape, dz.dtype)
    },
    conv2dWeightGrad(x, dz, g) {
      const shape = [...g.kernel, g.inChannels / g.groups, g.outChannels]
      const cell = g.batch === 0 ? core.zeros(sizeOf(shape)) : products.weight(cellOf(x), cellOf(dz), g)
      return core.array(cell, shape, x.dtype)
    },
  }
}
