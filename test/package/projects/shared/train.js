import { convNet, generator, irCosFace, randn, setBackend, sgd, Trainer } from 'ir-softmax'

const [CLASSES, SAMPLES, SIDE] = [4, 64, 16]

/** The losses of a few steps of a training on a backend: images of noise, learned by heart. */
export async function train(backend) {
  setBackend(backend)
  const rng = generator(0)
  const y = Int32Array.from({ length: SAMPLES }, (_, i) => i % CLASSES)
  const net = convNet({ input: [SIDE, SIDE, 1], dim: 8, rng })
  const loss = irCosFace({ classes: CLASSES, dim: 8, s: 8, m: 0.1 })
  // As a method: bundlers must not leave out the file that attaches them.
  const x = randn([SAMPLES, SIDE, SIDE, 1], rng).mul(0.5)
  const trainer = new Trainer({ net, loss, optimizer: sgd(net.parameters, { lr: 0.05 }), x, y, seed: 0 })
  const losses = []
  await trainer.run({ steps: 5, onStep: report => void losses.push(report.loss) })
  return losses
}

/** Throws unless a training comes out as another did. */
export function same(what, losses, expected) {
  // Backends agree to 1e-5 in each op; five steps without momentum carry that on by small factors.
  const far = losses.findIndex((loss, i) => !(Math.abs(loss - expected[i]) <= 1e-3 * Math.abs(expected[i])))
  if (far >= 0 || losses.length !== expected.length)
    throw new Error(`${what}: [${expected}] expected, got [${losses}]`)
  if (!(losses.at(-1) < losses[0])) throw new Error(`${what}: a loss that falls expected, got [${losses}]`)
}
