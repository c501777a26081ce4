import { dropout as dropoutOp, Generator } from '../../engine/index.ts'
import { type Layer, layer } from './layer.ts'

/**
 * In training z = x b / (1 - p), each b 0 with probability p (Srivastava 2014); else z = x. The layer draws from a
 * generator of its own, seeded from `rng`, and keeps it in its state.  x[...] -> [...]
 */
export function dropout({ p = 0.5, rng }: { p?: number; rng: Generator }): Layer {
  if (!(p >= 0 && p < 1)) throw new Error(`layers.dropout: 0 <= p < 1 expected, got ${p}`)
  const own = new Generator(rng.seed())
  return layer('layers.dropout', (x, training) => (training ? dropoutOp(x, p, own) : x), {
    generators: { rng: own },
    description: { kind: 'dropout' },
  })
}
