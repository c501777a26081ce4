import {
  adam,
  type Backend,
  generator,
  irCosFace,
  type Loss,
  randn,
  smallNet,
  startBackend,
  Trainer,
} from 'ir-softmax'
import type { Shape, Tensor } from 'ir-softmax/engine'
import type { Gpu, gpu } from 'ir-softmax/gpu'
import type { ImageFolder, imageFolder } from 'ir-softmax/images'
import type { LOSSES, LossOptions } from 'ir-softmax/losses'
import type { Layer, Report, summary } from 'ir-softmax/models'

const rng = generator(0)
const net: Layer = smallNet({ dim: 4, rng })
const options: LossOptions = { classes: 3, dim: 4 }
const loss: Loss = irCosFace({ ...options, s: 16, m: 0.2 })
const x: Tensor = randn([6, 28, 28, 1], rng)
const optimizer = adam(net.parameters, { lr: 1e-3 })
const trainer = new Trainer({ net, loss, optimizer, x, y: [0, 1, 2, 0, 1, 2], batch: 6, seed: 0 })
const report: Report | undefined = await trainer.run({ steps: 1, progress: true })
if (!Number.isFinite(report?.loss)) throw new Error('a finite loss expected')

// Methods are declared beside the functions.
const shape: Shape = x.mul(2).relu().reshape([6, 784]).shape
if (shape[1] !== 784) throw new Error('a shape of 784 columns expected')

// What must not type-check does not.
const refused = (): unknown => [
  // @ts-expect-error: a shape is of numbers
  x.reshape(['6']),
  // @ts-expect-error: there is no such option
  irCosFace({ ...options, margin: 0.2 }),
  // @ts-expect-error: nor such a backend
  startBackend('cuda'),
]
export type Exported = [
  Backend,
  Gpu,
  ImageFolder,
  typeof LOSSES,
  typeof gpu,
  typeof imageFolder,
  typeof summary,
  typeof refused,
]
console.log('ok')
