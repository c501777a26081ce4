import type { Json, State, Stateful } from '../../../engine/index.ts'
import { checkNames } from '../../../engine/state.ts'
import { Curve } from '../../jobs/curve.ts'
import type { Run } from './results.ts'

/** Points on a curve of the loss, at most. */
const CURVE = 100

/** What a run notes along the way; it goes into the checkpoints, so that a run that goes on has all of it. */
export class Along implements Stateful {
  readonly #width: number
  curve: Curve
  evaluations: Run['evaluations'][number][] = []
  /** Of training so far, evaluations left out. */
  seconds = 0

  constructor(steps: number) {
    this.#width = Math.ceil(steps / CURVE)
    this.curve = new Curve(this.#width)
  }

  state(): State {
    const { points, since } = this.curve
    const notes = { curve: { points, since }, evaluations: this.evaluations, seconds: this.seconds }
    return { tensors: {}, values: structuredClone(notes) as Record<string, Json> }
  }

  load({ tensors, values }: State): void {
    checkNames(
      'Along',
      ['curve', 'evaluations', 'seconds'],
      [...Object.keys(tensors), ...Object.keys(values)],
    )
    // Nobody else writes these.
    const { curve, evaluations, seconds } = structuredClone(values) as unknown as Notes
    this.curve = new Curve(this.#width, curve)
    this.evaluations = evaluations
    this.seconds = seconds
  }
}

type Notes = Pick<Along, 'curve' | 'evaluations' | 'seconds'>
