import type { LossRow } from '../../../losses/index.ts'

/** How a user trains with that loss: a program that runs as it stands. */
export function snippet({ create, defaults, defaultMargin, prototypes, margin }: LossRow): string {
  const name = create.name
  const imports = ['adam', 'embed', 'generator', name, 'randn', 'smallNet', 'Trainer'].sort((a, b) =>
    a.localeCompare(b, 'en'),
  )
  const shown = Object.entries(defaults).map(([option, value]) => `${option}: ${literal(value)}`)
  const options = ['classes: 8', 'dim: 16', ...shown].join(', ')
  return `import { ${imports.join(', ')} } from 'ir-softmax'

const x = randn([128, 28, 28, 1], generator(0)) // your images, [N, height, width, channels]
const y = Int32Array.from({ length: 128 }, (_, i) => i % 8) // and who is on them
const net = smallNet({ dim: 16, seed: 0 })
const loss = ${name}({ ${options} })
${optimizer(prototypes === 'learned' || defaultMargin?.binary !== undefined)}
const trainer = new Trainer({ net, loss, optimizer, x, y, seed: 0 })
await trainer.run({ steps: 5 })
${margin === 'none' ? 'console.log(loss.prototypes.shape) // the centres' : 'console.log(loss.logits(embed(net, x)).argmax().shape) // to classify'}
`
}

const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value))

const optimizer = (learned: boolean): string =>
  learned
    ? `// The loss's own weights often want a larger rate than the net's.
const groups = [{ parameters: net.parameters }, { parameters: loss.parameters, lr: 6e-2 }]
const optimizer = adam(groups, { lr: 2e-3 })`
    : `const optimizer = adam(net.parameters, { lr: 2e-3 })`
