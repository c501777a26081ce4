import { checkGiven, type OptionNames, shown } from '../../engine/check.ts'
import { type Chance, dropout as dropoutOp, Generator } from '../../engine/index.ts'
import { CHANCE, seedOf } from '../../engine/random.ts'
import { type Layer, layer } from './layer.ts'

export interface DropoutOptions extends Chance {
  /** Default 0.5. */
  p?: number
}

const KNOWN = { p: ['rate', 'probability'], ...CHANCE } satisfies OptionNames<DropoutOptions>

/**
 * In training z = x b / (1 - p), each b 0 with probability p (Srivastava 2014); else z = x. The layer draws from a
 * generator of its own, from `seed` or seeded by `rng`, and keeps it in its state.  x[...] -> [...]
 */
export function dropout(options: DropoutOptions): Layer {
  checkGiven('layers.dropout', options, KNOWN)
  const { p = 0.5 } = options
  if (typeof p !== 'number' || !(p >= 0 && p < 1)) {
    throw new Error(`layers.dropout: 0 <= p < 1 expected, got ${shown(p)}`)
  }
  const own = new Generator(seedOf('layers.dropout', options))
  return layer('layers.dropout', (x, training) => (training ? dropoutOp(x, p, own) : x), {
    generators: { rng: own },
    description: { kind: 'dropout', p },
  })
}
