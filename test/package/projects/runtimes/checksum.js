import { adam, convNet, generator, irCosFace, randn, saveCheckpoint, setThreads, Trainer } from 'ir-softmax'

const [CLASSES, SAMPLES, STEPS] = [10, 128, 20]

/** SHA-256 of the bits that a training leaves: parameters, centres, the optimiser's memory, streams of random numbers. */
async function train(threads) {
  setThreads(threads)
  const x = randn([SAMPLES, 28, 28, 1], generator(0))
  const y = Int32Array.from({ length: SAMPLES }, (_, i) => i % CLASSES)
  const net = convNet({ input: [28, 28, 1], dim: 16, seed: 0 })
  const loss = irCosFace({ classes: CLASSES, dim: 16, s: 16, m: 0.2 })
  const trainer = new Trainer({ net, loss, optimizer: adam(net.parameters, { lr: 2e-3 }), x, y, seed: 0 })
  await trainer.run({ steps: STEPS })
  const bits = await crypto.subtle.digest('SHA-256', saveCheckpoint(trainer.state()))
  return Array.from(new Uint8Array(bits, 0, 8), byte => byte.toString(16).padStart(2, '0')).join('')
}

/** The checksum on one thread and on two. Throws unless it is the same, and the second thread took part. */
export async function checksum() {
  const alone = await train(1)
  const shares = sharesOfOthers()
  const shared = await train(2)
  if (shared !== alone) throw new Error(`two threads: ${alone} expected, got ${shared}`)
  if (shares() === 0) throw new Error('two threads: work taken by the second expected, got none')
  return shared
}

/** Counts how often this thread finds a counter in shared memory elsewhere than it left it: others took from it. */
function sharesOfOthers() {
  let count = 0
  const left = new Map()
  const { add, store } = Atomics
  Atomics.store = (ints, at, value) => {
    left.set(at, value)
    return store(ints, at, value)
  }
  Atomics.add = (ints, at, value) => {
    const found = add(ints, at, value)
    if (left.has(at) && found !== left.get(at)) count++
    left.set(at, found + value)
    return found
  }
  return () => count
}
