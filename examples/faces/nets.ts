import { irNet, layers, mobileFaceNet } from '../../models/index.ts'

/** What can be trained; `tiny` is a MobileFaceNet of few channels, for two minutes. */
export const NETS = {
  mobileFaceNet: (seed: number) => mobileFaceNet({ seed }),
  irNet18: (seed: number) => irNet({ depth: 18, seed }),
  tiny: (seed: number) => mobileFaceNet({ seed, width: 16, blocks: [1, 1, 2, 1], dim: 64 }),
} satisfies Record<string, (seed: number) => layers.Layer>

export type NetName = keyof typeof NETS

/** D */
export const DIMS: Readonly<Record<NetName, number>> = { mobileFaceNet: 128, irNet18: 512, tiny: 64 }

/** The net on images of 0..1, which it wants as (v - 0.5) / 0.5. */
export const netOf = (name: NetName, seed: number): layers.Layer =>
  layers.sequential({ centered: layers.layer('centered', x => x.sub(0.5).div(0.5)), net: NETS[name](seed) })
