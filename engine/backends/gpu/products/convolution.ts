import { sizeOf } from '../../../shape.ts'
import type { Backend, Convolution } from '../../backend.ts'
import { bufferOf, type Context } from '../context.ts'
import type { Tile } from '../drivers/driver.ts'
import { adjointAxis, forwardAxis } from './axis.ts'
import { type Correlation, correlation } from './correlate.ts'
import type { Geometry } from './packConvolution.ts'
import { type Products, plainConvolution } from './plainConvolution.ts'
import { weightGradient } from './weightGradient.ts'
import { winograd } from './winograd.ts'
import { winogradPays } from './winogradPays.ts'

export function convolution(
  context: Context,
): Pick<Backend, 'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad'> {
  const { tile } = context.device.traits
  const products = tile === undefined ? plainConvolution(context) : tiledConvolution(context, tile)
  return {
    conv2d(x, w, g, bias) {
      const buffer = products.forward(bufferOf(x), bufferOf(w), g, bias && bufferOf(bias))
      return { shape: [g.batch, ...g.output, g.outChannels], dtype: x.dtype, buffer }
    },
    conv2dInputGrad(dz, w, g) {
      const buffer = products.inputGrad(bufferOf(dz), bufferOf(w), g)
      return { shape: [g.batch, ...g.input, g.inChannels], dtype: dz.dtype, buffer }
    },
    conv2dWeightGrad(x, dz, g) {
      const shape = [...g.kernel, g.inChannels / g.groups, g.outChannels]
      if (g.batch === 0) return { shape, dtype: x.dtype, buffer: context.zeros(sizeOf(shape)) }
      return { shape, dtype: x.dtype, buffer: products.weightGrad(bufferOf(x), bufferOf(dz), g) }
    },
  }
}

function tiledConvolution(context: Context, tile: Tile): Products {
  const direct = correlation(context, tile)
  // The transforms read and write flat arrays.
  const minimal = tile.memory === 'flat' ? winograd(context, tile) : undefined
  const correlate = (c: Correlation) => (minimal && winogradPays(c) ? minimal(c) : direct(c))
  return {
    forward: (x, w, g, bias) => correlate({ ...geometryOf(g, false), x, w, bias }),
    inputGrad: (dz, w, g) => correlate({ ...geometryOf(g, true), x: dz, w }),
    weightGrad: weightGradient(context, tile),
  }
}

/** w[KH,KW,C/groups,O] is read as it lies, and in the adjoint with C and O exchanged. */
export function geometryOf(g: Convolution, adjoint: boolean): Geometry {
  const { batch, groups, outChannels } = g
  const [c, o] = [g.inChannels / groups, outChannels / groups]
  const axis = adjoint ? adjointAxis : forwardAxis
  const axes = [axis(g, 0), axis(g, 1)] as const
  const images = { batch, size: adjoint ? g.output : g.input, groups, axes }
  const steps = { tapStep: c * outChannels, groupStep: o }
  return adjoint
    ? { ...images, ...steps, channels: o, columns: c, channelStep: 1, columnStep: outChannels }
    : { ...images, ...steps, channels: c, columns: o, channelStep: outChannels, columnStep: 1 }
}
