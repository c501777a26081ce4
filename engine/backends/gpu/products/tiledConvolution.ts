import type { Cell } from '../cell.ts'
import type { Core } from '../core.ts'
import type { Tile } from '../drivers/driver.ts'
import { adjointAxis, forwardAxis } from './axis.ts'
import { type Correlation, correlation } from './correlate.ts'
import type { Products } from './products.ts'
import { weightGradient } from './weightGradient.ts'
import { saves } from './winograd/saves.ts'
import { winograd } from './winograd/winograd.ts'

/** By tiles. w[KH,KW,C/groups,O] is read as it lies, and in the adjoint with C and O exchanged. */
export function tiledConvolution(core: Core, tile: Tile): Products {
  const correlate = fastest(core, tile)
  return {
    forward(x, w, g, bias) {
      const [channels, columns] = [g.inChannels / g.groups, g.outChannels / g.groups]
      const { batch, groups } = g
      return correlate({
        ...{ axes: [forwardAxis(g, 0), forwardAxis(g, 1)], x, batch, size: g.input, bias },
        ...{ w, groups, channels, columns, channelStep: g.outChannels, columnStep: 1 },
        ...{ tapStep: channels * g.outChannels, groupStep: columns },
      })
    },

    input(dz, w, g) {
      const [channels, columns] = [g.outChannels / g.groups, g.inChannels / g.groups]
      const { batch, groups } = g
      return correlate({
        ...{ axes: [adjointAxis(g, 0), adjointAxis(g, 1)], x: dz, batch, size: g.output },
        ...{ w, groups, channels, columns, channelStep: 1, columnStep: g.outChannels },
        ...{ tapStep: columns * g.outChannels, groupStep: channels },
      })
    },

    weight: weightGradient(core, tile),
  }
}

/** With fewer multiplications where they are what takes the time: loads of single values hold them up. */
function fastest(core: Core, tile: Tile): (c: Correlation) => Cell {
  const direct = correlation(core, tile)
  if (tile.loads !== 'singles') return direct
  const minimal = winograd(core, tile)
  return c => (saves(c) ? minimal(c) : direct(c))
}
