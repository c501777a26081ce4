interface Table {
  readonly losses: readonly string[]
  readonly seeds: readonly number[]
}

/** Taken for no choice. */
const FRESH = [10, 11, 12, 13, 14]

/**
 * What `--table` may be.
 *
 * `variants`: five margins, each learned at two rates and over two kinds of centres; three of them with logit adjustment;
 * and our tries, beside CosFace. SphereFace over centres falls into a cone unless its prototypes are learned at first.
 * `paper`: the rows of the paper's table of faces, IR-Softmax with its own estimator.
 * `tail`: the rule that was chosen on the validation split, and the baselines that did best there. What is trained comes before
 * what only classifies otherwise, which takes its training from there.
 */
export const TABLES = {
  variants: {
    seeds: [0, 1, 2],
    losses: [
      ...['softmax-x1', 'softmax', 'irSoftmax', 'irSoftmax-previous'],
      ...['normFace-x1', 'normFace', 'irNormFace', 'irNormFace-previous'],
      ...['sphereFace-x1', 'sphereFace', 'irSphereFace-learned2', 'irSphereFace-previous-learned2'],
      ...['cosFace-x1', 'cosFace', 'irCosFace', 'irCosFace-previous'],
      ...['arcFace-x1', 'arcFace', 'irArcFace', 'irArcFace-previous'],
      ...[
        'normFace-tau1',
        'irNormFace-previous-tau1',
        'sphereFace-tau1',
        'irSphereFace-previous-learned2-tau1',
      ],
      ...['cosFace-tau1', 'irCosFace-previous-tau1', 'irCosFace-previous-shrunk'],
      ...['cosFace-uncertain', 'irCosFace-previous-uncertain'],
    ],
  },
  paper: {
    seeds: FRESH,
    losses: [
      ...['softmax', 'sphereFace', 'irSphereFace-sphere-learned2'],
      ...['cosFace', 'irCosFace-sphere-pull2'],
    ],
  },
  tail: {
    seeds: FRESH,
    losses: [
      ...['sphereFace', 'sphereFace-pull5', 'sphereFace-tau1', 'sphereFace-pull5-tau1'],
      'sphereFace-blend50-ir1-tau1',
      ...[
        'sphereFace-means',
        'sphereFace-crt',
        'sphereFace-lws',
        'sphereFace-posthoc1',
        'sphereFace-tau1-means',
      ],
      'sphereFace-blend50-ir1-tau1-posthoc0.05',
    ],
  },
} as const satisfies Readonly<Record<string, Table>>

export type TableName = keyof typeof TABLES
