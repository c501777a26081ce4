/**
 * 2. A gradient of a gradient               npx tsx examples/tutorial/2-gradient-of-a-gradient.ts
 *
 * A gradient is made by ops, so it has a gradient of its own. That gives curvature, and with it Newton's method.
 */
import { grad, jvp, mul, parameter, pow, sub, sum, type Tensor, tensor } from '../../engine/index.ts'

// f(x) = x^4 has f' = 4 x^3, f'' = 12 x^2, f''' = 24 x. At x = 2: 16, 32, 48, 48.
const x = parameter(2)
const f = pow(x, 4)
const f1 = grad(f, x)
const f2 = grad(f1, x)
const f3 = grad(f2, x)
console.log(f.item(), f1.item(), f2.item(), f3.item())
// -> 16 32 48 48

// Why it works: `pow` states its gradient in ops, dz * p x^(p - 1), and those ops leave notes as all ops do.
console.log(f1.node?.op.name)
// -> mul

// In two variables: Rosenbrock's valley, (1 - a)^2 + 100 (b - a^2)^2, whose one minimum is at (1, 1).
const valley = (p: Tensor): Tensor => {
  const a = p.slice([0], [1])
  const b = p.slice([1], [2])
  const across = sub(b, mul(a, a))
  return sum(pow(sub(1, a), 2).add(pow(across, 2).mul(100)))
}
const p = parameter([-1.2, 1], { dtype: 'float64' })
console.log(valley(p).item().toFixed(2))
// -> 24.20

// The curvature along a direction v, H v, needs no matrix H: it is the gradient of the number <grad, v>.
const v = tensor([1, 0], { dtype: 'float64' })
const slope = grad(valley(p), p)
console.log(grad(sum(mul(slope, v)), p).toArray())
// -> [ 1330, 480 ]

// `jvp` says the same in the forward direction: how the gradient changes as p moves along v.
const gradient = (q: Tensor): Tensor => grad(valley(q), q)
console.log(jvp(gradient, p, v).dy.toArray())
// -> [ 1330, 480 ]

// Newton's method steps to the bottom of the parabola that has this slope and this curvature: p - H^-1 grad.
for (let step = 0; step < 6; step++) {
  const g = grad(valley(p), p)
  const [hx, hy] = [
    [1, 0],
    [0, 1],
  ].map(axis => grad(sum(mul(g, tensor(axis, { dtype: 'float64' }))), p).dataSync())
  const [gx, gy] = g.dataSync()
  const det = hx[0] * hy[1] - hx[1] * hy[0]
  const dx = (gx * hy[1] - gy * hy[0]) / det
  const dy = (gy * hx[0] - gx * hx[1]) / det
  p.assign(sub(p, tensor([dx, dy], { dtype: 'float64' })))
  console.log(step + 1, valley(p).item().toExponential(1))
  // -> 1 4.7e+0
  // -> 2 1.4e+3
  // -> 3 5.6e-2
  // -> 4 3.1e-1
  // -> 5 1.9e-11
  // -> 6 3.4e-20
}
console.log([...p.dataSync()].map(value => value.toFixed(6)).join(' '))
// -> 1.000000 1.000000
