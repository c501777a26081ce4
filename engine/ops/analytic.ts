import { cosines, positive, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { add, div, mul, neg, sub } from './arithmetic.ts'

const signature = 'x[...] -> [...]'

/** z = e^x.  x[...] -> [...] */
export const exp = (x: Tensor): Tensor => apply(expOp, { x })
export const expOp = defineOp({
  name: 'exp',
  signature,
  equation: 'e^x',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, 1] }, z: [1, Math.E] }],
  forward: (k, { x }) => k.unary('exp', x),
  vjp: { x: (dz, _, z) => mul(dz, z) },
})

/** z = ln x, for x > 0.  x[...] -> [...] */
export const log = (x: Tensor): Tensor => apply(logOp, { x })
export const logOp = defineOp({
  name: 'log',
  signature,
  equation: 'ln x',
  domain: { x: positive },
  examples: [{ inputs: { x: [1, Math.E] }, z: [0, 1] }],
  forward: (k, { x }) => k.unary('log', x),
  vjp: { x: (dz, { x }) => div(dz, x) },
})

/** z = ln(1 + x), exact for small x.  x[...] -> [...] */
export const log1p = (x: Tensor): Tensor => apply(log1pOp, { x })
export const log1pOp = defineOp({
  name: 'log1p',
  signature,
  equation: 'ln(1 + x)',
  domain: { x: { ...reals, low: -0.75 } },
  examples: [{ inputs: { x: [0, 1e-20] }, z: [0, 1e-20] }],
  forward: (k, { x }) => k.unary('log1p', x),
  vjp: { x: (dz, { x }) => div(dz, add(x, 1)) },
})

/** z = e^x - 1, exact for small x.  x[...] -> [...] */
export const expm1 = (x: Tensor): Tensor => apply(expm1Op, { x })
export const expm1Op = defineOp({
  name: 'expm1',
  signature,
  equation: 'e^x - 1',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, 1e-20] }, z: [0, 1e-20] }],
  forward: (k, { x }) => k.unary('expm1', x),
  vjp: { x: (dz, _, z) => mul(dz, add(z, 1)) },
})

/** z = sqrt(x); its slope at 0 is infinite.  x[...] -> [...] */
export const sqrt = (x: Tensor): Tensor => apply(sqrtOp, { x })
export const sqrtOp = defineOp({
  name: 'sqrt',
  signature,
  equation: 'sqrt(x)',
  domain: { x: positive },
  examples: [{ inputs: { x: [4, 0] }, z: [2, 0], grads: { x: [0.25, Infinity] } }],
  forward: (k, { x }) => k.unary('sqrt', x),
  vjp: { x: (dz, _, z) => div(mul(dz, 0.5), z) },
})

/** z = 1 / sqrt(x), for x > 0.  x[...] -> [...] */
export const rsqrt = (x: Tensor): Tensor => apply(rsqrtOp, { x })
export const rsqrtOp = defineOp({
  name: 'rsqrt',
  signature,
  equation: '1 / sqrt(x)',
  domain: { x: positive },
  examples: [{ inputs: { x: [4, 0.25] }, z: [0.5, 2] }],
  forward: (k, { x }) => k.unary('rsqrt', x),
  vjp: { x: (dz, { x }, z) => mul(dz, div(mul(z, -0.5), x)) },
})

/** z = sin x, x in radians.  x[...] -> [...] */
export const sin = (x: Tensor): Tensor => apply(sinOp, { x })
export const sinOp = defineOp({
  name: 'sin',
  signature,
  equation: 'sin x',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, Math.PI / 2] }, z: [0, 1] }],
  forward: (k, { x }) => k.unary('sin', x),
  vjp: { x: (dz, { x }) => mul(dz, cos(x)) },
})

/** z = cos x, x in radians.  x[...] -> [...] */
export const cos = (x: Tensor): Tensor => apply(cosOp, { x })
export const cosOp = defineOp({
  name: 'cos',
  signature,
  equation: 'cos x',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, Math.PI] }, z: [1, -1] }],
  forward: (k, { x }) => k.unary('cos', x),
  vjp: { x: (dz, { x }) => neg(mul(dz, sin(x))) },
})

/** z = arccos x in radians, for -1 <= x <= 1; its slope at both ends is infinite.  x[...] -> [...] */
export const acos = (x: Tensor): Tensor => apply(acosOp, { x })
export const acosOp = defineOp({
  name: 'acos',
  signature,
  equation: 'arccos x',
  domain: { x: cosines },
  examples: [{ inputs: { x: [1, 0, -1] }, z: [0, Math.PI / 2, Math.PI] }],
  forward: (k, { x }) => k.unary('acos', x),
  vjp: { x: (dz, { x }) => neg(mul(dz, arcSlope(x))) },
})

/** z = 1 / sqrt(1 - x^2): less acos's slope. Its own is x z^3, which at both ends is infinite and not infinity less infinity. */
export const arcSlope = (x: Tensor): Tensor => apply(arcSlopeOp, { x })
export const arcSlopeOp = defineOp({
  name: 'arcSlope',
  signature,
  equation: '1 / sqrt(1 - x^2)',
  domain: { x: cosines },
  examples: [{ inputs: { x: [0, 0.6, -0.8] }, z: [1, 1.25, 1 / 0.6] }],
  compose: ({ x }) => rsqrt(mul(sub(1, x), add(1, x))),
  vjp: { x: (dz, { x }, z) => mul(mul(dz, x), mul(z, mul(z, z))) },
})

/** z = tanh x.  x[...] -> [...] */
export const tanh = (x: Tensor): Tensor => apply(tanhOp, { x })
export const tanhOp = defineOp({
  name: 'tanh',
  signature,
  equation: 'tanh x',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, 50] }, z: [0, 1] }],
  forward: (k, { x }) => k.unary('tanh', x),
  vjp: { x: (dz, _, z) => mul(dz, sub(1, mul(z, z))) },
})

/** z = (2 / sqrt(pi)) times the integral of e^(-t^2) from 0 to x.  x[...] -> [...] */
export const erf = (x: Tensor): Tensor => apply(erfOp, { x })
export const erfOp = defineOp({
  name: 'erf',
  signature,
  equation: 'erf x',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, 0.5, -1, 7] }, z: [0, 0.5204998778130465, -0.8427007929497149, 1] }],
  forward: (k, { x }) => k.unary('erf', x),
  vjp: { x: (dz, { x }) => mul(dz, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))) },
})

/** z = 1 - erf x, which keeps its digits where erf x is near 1.  x[...] -> [...] */
export const erfc = (x: Tensor): Tensor => apply(erfcOp, { x })
export const erfcOp = defineOp({
  name: 'erfc',
  signature,
  equation: '1 - erf x',
  domain: { x: reals },
  examples: [
    { inputs: { x: [0, 0.5, -1, 30] }, z: [1, 0.4795001221869535, 1.8427007929497148, 0] },
    { inputs: { x: [3, 10, 26] }, z: [2.209049699858544e-5, 2.088487583762545e-45, 5.663192408856143e-296] },
  ],
  forward: (k, { x }) => k.unary('erfc', x),
  vjp: { x: (dz, { x }) => mul(dz, mul(exp(neg(mul(x, x))), -2 / Math.sqrt(Math.PI))) },
})
