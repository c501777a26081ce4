/**
 * 1. A tensor and its gradient              npx tsx examples/tutorial/1-gradient.ts
 *
 * We look for the line y = w x + b through a few points. What a line prints stands below it, after an arrow.
 */
import { add, grad, mean, mul, parameter, sub, tensor, tidy } from '../../engine/index.ts'

// A tensor is numbers in a shape. These are the points: x from 0 to 4, and y = 2 x + 1, a little off.
const x = tensor([0, 1, 2, 3, 4])
const y = tensor([1.1, 2.9, 5, 7.2, 8.8])
console.log(x)
// -> Tensor float32[5]
// -> [0, 1, 2, 3, 4]

// Ops are functions; most are methods too. Nothing is changed in place: every op makes a new tensor.
console.log(add(mul(x, 2), 1))
// -> Tensor float32[5]
// -> [1, 3, 5, 7, 9]
console.log(x.mul(2).add(1).sum().item())
// -> 25

// A parameter is a tensor whose gradient we shall want. We begin with the line y = 0.
const w = parameter(0)
const b = parameter(0)

// How wrong is a line? Its mean squared error. Shapes broadcast as in NumPy: w is a scalar, x has five elements.
const error = () => {
  const off = sub(add(mul(w, x), b), y)
  return mean(mul(off, off))
}
console.log(error().item().toFixed(4))
// -> 32.7800

// While `error` computed, each op whose inputs lead to a parameter left a note of what it did: `node`. The last was
// the mean's division by five.
const before = error()
console.log(before.node?.op.name)
// -> div

// `grad` walks these notes back from the error to the parameters, and applies the chain rule at each.
const slope = grad(before, { w, b })
console.log(slope.w.item().toFixed(2), slope.b.item().toFixed(2))
// -> -27.88 -10.00

// Is that right? Move w by a small step and look how the error changes: a finite difference.
const h = 0.01
w.assign(tensor(h))
const right = error().item()
w.assign(tensor(-h))
const left = error().item()
w.assign(tensor(0))
console.log(((right - left) / (2 * h)).toFixed(2))
// -> -27.88

// The gradient points uphill, so we go the other way. `tidy` gives a step's memory back at its end.
for (let step = 0; step < 500; step++) {
  tidy(() => {
    const { w: dw, b: db } = grad(error(), { w, b })
    w.assign(sub(w, mul(dw, 0.05)))
    b.assign(sub(b, mul(db, 0.05)))
  })
}
console.log(`y = ${w.item().toFixed(2)} x + ${b.item().toFixed(2)}`)
// -> y = 1.97 x + 1.06
console.log(error().item().toFixed(4))
// -> 0.0182

// At the best line the slope is flat.
const flat = grad(error(), { w, b })
console.log(Math.abs(flat.w.item()) < 1e-4, Math.abs(flat.b.item()) < 1e-4)
// -> true true
