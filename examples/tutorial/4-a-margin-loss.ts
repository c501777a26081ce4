/**
 * 4. A margin loss from its equation        npx tsx examples/tutorial/4-a-margin-loss.ts
 *
 * CosFace (Wang 2018, arXiv:1801.09414, section 3.1) by hand, then as the library has it, then a margin of your own.
 */
import { generator, mul, randn, softmaxCrossEntropy, sub, type Tensor, tensor } from '../../engine/index.ts'
import { gradcheck } from '../../engine/testing/index.ts'
import { classCenters, cosFace, cosTheta, learned, type Margin, marginSoftmax } from '../../losses/index.ts'

// Five embeddings x[N,D] of three classes, and one prototype w_j a class: W[C,D].
const [N, C, D] = [5, 3, 4]
const y = [0, 1, 2, 1, 0]
const float64 = { dtype: 'float64' } as const
const x = randn([N, D], generator(1), float64)
const W = randn([C, D], generator(2), float64)

// The logits of CosFace: s cos theta_j, and s (cos theta_y - m) for the class y that is right. The target must be
// better by m than it would have to be without a margin: that is what draws a class together.
const [s, m] = [16, 0.2]
const target = tensor(
  y.map(label => [0, 1, 2].map(j => (j === label ? 1 : 0))),
  float64,
)
const byHand = (x: Tensor, W: Tensor): Tensor => {
  const logits = mul(sub(cosTheta(x, W), mul(target, m)), s)
  return softmaxCrossEntropy(logits, tensor(y, { shape: [N, 1], dtype: 'int32', backend: x.backend })).mean()
}
console.log(byHand(x, W).item().toFixed(6))
// -> 13.368175

// Its gradient follows from the ops, in the embeddings and in the prototypes. The check shows that the gradient fits the
// code; that the code is the paper's equation is to be seen above, or from numbers of another library.
console.log(gradcheck(({ x, W }) => byHand(x, W), { x, W }, { order: 2 }).worst < 1e-7)
// -> true

// The library's loss holds its own prototypes, as parameters for the optimiser. With the same ones it says the same.
const loss = cosFace({ classes: C, dim: D, s, m, ...float64 })
loss.parameters.W.assign(W)
console.log(loss(x, y).item().toFixed(6))
// -> 13.368175

// To classify, there is no margin: the nearest prototype wins.
console.log(loss.logits(x).argmax().toArray())
// -> [ 2, 0, 0, 1, 0 ]

// A loss is a margin (what becomes of the target's cosine) over a prototype rule (what w_j is). A margin of your own
// is a psi: this one asks more of samples that are far off, psi = cos theta - m (2 - cos theta).
const steep: Margin = {
  equation: 'z_y = s (cos theta_y - m (2 - cos theta_y)), z_j = s cos theta_j',
  s,
  unitX: true,
  unitW: true,
  psi: ({ cosTheta }) => sub(cosTheta, mul(sub(2, cosTheta), m)),
  nonsmoothAt: [],
}
const sizes = { classes: C, dim: D, ...float64 }
const steepFace = marginSoftmax('steepFace', steep, learned('steepFace', sizes), sizes)
console.log(gradcheck((x: Tensor) => steepFace(x, y), x, { order: 2 }).worst < 1e-7)
// -> true

// And it has its IR form at once: the same margin over the centres of the classes instead of learned weights.
const centres = classCenters('irSteepFace', { ...sizes, normalized: true })
const irSteepFace = marginSoftmax('irSteepFace', steep, centres, sizes)
irSteepFace.update(x, y)
console.log(Object.keys(steepFace.parameters), Object.keys(irSteepFace.parameters))
// -> [ 'W' ] []

// A margin may change the other classes too: `others` is what stands for their cosines. Here every logit falls with the
// angle itself, in a line. The slope of acos is infinite at the ends, so its input is clamped.
const line = (theta: Tensor): Tensor => sub(1, mul(theta, 2 / Math.PI))
const linear: Margin = {
  ...steep,
  equation: 'z_y = s (1 - 2 (theta_y + m) / pi), z_j = s (1 - 2 theta_j / pi)',
  psi: ({ theta }) => line(theta.add(m)),
  others: cosTheta => line(cosTheta.clamp(-1 + 1e-9, 1 - 1e-9).acos()),
}
const linearFace = marginSoftmax('linearFace', linear, learned('linearFace', sizes), sizes)
console.log(gradcheck((x: Tensor) => linearFace(x, y), x, { order: 2 }).worst < 1e-7)
// -> true
