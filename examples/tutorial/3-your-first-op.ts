/**
 * 3. Your first op, with its check          npx tsx examples/tutorial/3-your-first-op.ts
 *
 * SiLU, z = x sigmoid(x) (Elfwing 2017, arXiv:1702.03118), as a composition, then as an op with a gradient of its own.
 */
import {
  apply,
  defineOp,
  domains,
  generator,
  grad,
  mul,
  parameter,
  randn,
  sigmoid,
  sub,
  type Tensor,
} from '../../engine/index.ts'
import { GradcheckError, gradcheck } from '../../engine/testing/index.ts'

// A function of ops is differentiable as it is. Often that is all one needs.
const composed = (x: Tensor): Tensor => mul(x, sigmoid(x))

// An op of its own can state its gradient: less to remember and to compute. With s = sigmoid(x),
//   dz/dx = s + x s (1 - s).
const siluOp = defineOp({
  name: 'silu',
  signature: 'x[...] -> [...]', // what shapes it takes and gives
  equation: 'x / (1 + e^-x)',
  domain: { x: domains.reals }, // where tests draw x from
  examples: [{ inputs: { x: [0] }, z: [0] }],
  compose: ({ x }) => composed(x),
  // The rule is in ops, never on raw numbers: so the gradient has a gradient again.
  vjp: {
    x: ({ dz, inputs: { x } }) => {
      const s = sigmoid(x)
      return mul(dz, s.add(x.mul(s).mul(sub(1, s))))
    },
  },
})
const silu = (x: Tensor): Tensor => apply(siluOp, { x })

// Is the rule right? gradcheck holds it against finite differences in float64, along random directions.
const x = randn([4, 3], generator(1), { dtype: 'float64' })
const { cases, worst } = gradcheck(silu, x, { order: 2 })
console.log(cases, worst < 1e-9)
// -> 6 true

// A rule that is almost right: s (1 - s) is missing its x.
const slip = defineOp({
  ...siluOp,
  name: 'slip',
  vjp: {
    x: ({ dz, inputs: { x } }) => {
      const s = sigmoid(x)
      return mul(dz, s.add(s.mul(sub(1, s))))
    },
  },
})
try {
  gradcheck((t: Tensor) => apply(slip, { x: t }), x, { name: 'slip' })
} catch (error) {
  console.log(error instanceof GradcheckError, (error as Error).message.split(': -')[0])
  // -> true gradcheck: slip: order 1: the gradient in x
}

// On the default backend it is an op like any other.
const t = parameter([-1, 0, 2])
console.log(silu(t))
// -> Tensor float32[3]
// -> [-0.26894, 0, 1.7616]
console.log(grad(silu(t).sum(), t))
// -> Tensor float32[3]
// -> [0.072329, 0.5, 1.0908]
