import { refusal } from '../../engine/check.ts'
import { type Backend, type Json, noGrad, type Shape, Tensor, take, tensor } from '../../engine/index.ts'

/** Samples to train on, wherever they are kept; a tensor x[N,...] is one too (`sourceOf`). Encoded images: `ImageSource`. */
export interface Source {
  /** [N,...] */
  readonly shape: Shape
  /** Where samples come out. */
  readonly backend: Backend
  /** The samples of these indices, in that order, as they are.  picks[B] -> [B,...] */
  rows(picks: ArrayLike<number>): Tensor
  /**
   * The same for a training step: augmented, if they are to be. The host's work is done when this returns, and the tensor
   * is made by the call of what it returns.
   */
  draw(picks: ArrayLike<number>): () => Tensor
  /** What the next draws depend on; nothing, {}, where there is no chance in them. */
  state(): Readonly<Record<string, Json>>
  load(values: Readonly<Record<string, Json>>): void
  /** Of a source that makes samples ready before they are drawn. */
  readonly ahead?: Ahead
}

/** How a source makes samples ready while the steps before are at work. It changes no sample. */
export interface Ahead {
  /** How many batches it makes ready beside the one that is drawn next. */
  readonly batches: number
  /** What will be drawn, in that order, in place of what was said before. */
  expect(batches: readonly ArrayLike<number>[]): void
  /** Can the first of them be drawn without waiting? */
  readonly isReady: boolean
  /** Resolves as soon as it can. */
  ready(): Promise<void>
  /** Of these, as they were drawn last, those that could be read: a source may leave out the others, and draws fewer samples. */
  kept(picks: Int32Array): Int32Array
  /** How long draws have waited so far, in milliseconds. */
  waited(): number
}

const PARTS = ['rows', 'draw', 'state', 'load']

/** Throws unless x is a tensor or a source. */
export function checkSamples(op: string, x: unknown): void {
  const given = x as Record<string, unknown> | null | undefined
  const source = typeof given === 'object' && PARTS.every(part => typeof given?.[part] === 'function')
  if (x instanceof Tensor || source) return
  throw refusal(op, 'x as a tensor x[N,...], or a source, as `pixels` makes it,', x)
}

/** `x` itself, or a tensor's samples. */
export const sourceOf = (x: Tensor | Source): Source => (x instanceof Tensor ? tensorSource(x) : x)

function tensorSource(x: Tensor): Source {
  const rows = (picks: ArrayLike<number>): Tensor => {
    const index = tensor(Int32Array.from(picks), { backend: x.backend })
    return noGrad(() => take(x, index))
  }
  return {
    shape: x.shape,
    backend: x.backend,
    rows,
    draw: picks => () => rows(picks),
    state: () => ({}),
    load() {},
  }
}
