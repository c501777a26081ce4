import type { Pair, Sight } from './training/messages.ts'
import type { Curve } from './view/curves.ts'

/** What a run has told so far. */
export class History {
  /** The loss of every batch, a side each. */
  readonly losses: Pair<[step: number, loss: number][]> = [[], []]
  /** Sights in the order of their steps, without what is only for the pictures. */
  readonly sights: { readonly step: number; readonly sides: Pair<Summary> }[] = []

  stepped(step: number, losses: Pair<number>): void {
    this.losses[0].push([step, losses[0]])
    this.losses[1].push([step, losses[1]])
  }

  saw(sides: Pair<Sight>): void {
    this.sights.push({ step: sides[0].step, sides: [this.#summary(0, sides[0]), this.#summary(1, sides[1])] })
  }

  /** Balanced accuracy along the training, in %. */
  balanced(side: 0 | 1): Curve {
    return this.sights.map(({ step, sides }) => [step, 100 * sides[side].balanced])
  }

  #summary(side: 0 | 1, { balanced, tail, angles, step, whole }: Sight): Summary {
    const loss = this.losses[side].findLast(([at]) => at === step)?.[1] ?? Number.NaN
    return { loss, balanced, tail, angle: Math.max(...angles), whole }
  }
}

/** A row of the table, of one side. */
export interface Summary {
  /** Of the last batch; NaN before the first. */
  readonly loss: number
  readonly balanced: number
  readonly tail: number
  /** The largest between a prototype and its centre, in radians. */
  readonly angle: number
  readonly whole: boolean
}
