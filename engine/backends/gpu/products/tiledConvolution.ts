import type { Core } from '../core.ts'
import type { Tile } from '../drivers/driver.ts'
import { adjointAxis, forwardAxis } from './axis.ts'
import { correlation } from './correlate.ts'
import type { Products } from './products.ts'
import { weightGradient } from './weightGradient.ts'
import { weightPacking } from './weights.ts'

/** By tiles. w[KH,KW,C/groups,O] is read as it lies, and in the adjoint with C and O exchanged. */
export function tiledConvolution(core: Core, tile: Tile): Products {
  const correlate = correlation(core, tile)
  const pack = weightPacking(core, tile)
  return {
    forward(x, w, g, bias) {
      const [channels, columns] = [g.inChannels / g.groups, g.outChannels / g.groups]
      const axes = [forwardAxis(g, 0), forwardAxis(g, 1)] as const
      const { batch, groups } = g
      const weights = pack(w, {
        ...{ axes, groups, channels, columns, channelStep: g.outChannels, columnStep: 1 },
        ...{ tapStep: channels * g.outChannels, groupStep: columns },
      })
      return correlate({ axes, x, batch, size: g.input, groups, channels, weights, columns, bias })
    },

    input(dz, w, g) {
      const [channels, columns] = [g.outChannels / g.groups, g.inChannels / g.groups]
      const axes = [adjointAxis(g, 0), adjointAxis(g, 1)] as const
      const { batch, groups } = g
      const weights = pack(w, {
        ...{ axes, groups, channels, columns, channelStep: 1, columnStep: g.outChannels },
        ...{ tapStep: columns * g.outChannels, groupStep: channels },
      })
      return correlate({ axes, x: dz, batch, size: g.output, groups, channels, weights, columns })
    },

    weight: weightGradient(core, tile),
  }
}
