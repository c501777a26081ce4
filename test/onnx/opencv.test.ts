import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, ones, randn, type Tensor } from '../../engine/index.ts'
import { exportOnnx, layers } from '../../models/index.ts'
import { DRAWN_LAYERS, type Drawn } from '../support/drawnLayers.ts'
import { DRAWN_NETS } from '../support/drawnNets.ts'
import { check } from '../support/property.ts'
import { asIfTrained } from '../support/trained.ts'
import { expectAgreement } from './agreement.ts'
import { openCV, VERSIONS } from './opencv.ts'

// One after another: each build takes over the process as it starts.
const RUNTIMES: Record<string, Awaited<ReturnType<typeof openCV>>> = {}
for (const version of VERSIONS) RUNTIMES[version] = await openCV(version)

// groupNorm asks for the shape of a batch of any size, which OpenCV has none of.
const { gelu: _gelu, groupNorm: _groupNorm, ...others } = DRAWN_LAYERS
const all: Record<string, fc.Arbitrary<Drawn>> = { ...others, ...DRAWN_NETS }

/** What its JavaScript takes: vectors, and an image of 1, 3 or 4 channels; no sequences, which multiHeadAttention is of. */
const taken = ({ input }: Drawn): boolean =>
  input.length === 1 || (input.length === 3 && [1, 3, 4].includes(input[2]))

/** OpenCV passes over the dilation of pools, of any version: such a net is for other runtimes. */
const dilatedPool = (net: layers.Layer): boolean => {
  const own = net.description
  return (own?.kind === 'maxPool2d' || own?.kind === 'avgPool2d') && own.dilation.some(d => d > 1)
}

/**
 * What a build computes otherwise, or refuses: 4.6 a product of an image of one channel and one number, which squeezeExcite ends in;
 * 4.12 a depthwise convolution of a map of one pixel, whose padding it does not take for zeros. The last maps of mobileFaceNet are of
 * a sixteenth of the image's sides.
 */
const otherwise = (version: string, name: string, { input: [height, width, channels] }: Drawn): boolean =>
  version === '4.6'
    ? name === 'squeezeExcite' && channels === 1
    : name === 'mobileFaceNet' && Math.min(height, width) <= 16

describe.each(VERSIONS)('OpenCV %s', version => {
  const run = (net: layers.Layer, x: Tensor) => RUNTIMES[version].run(exportOnnx(net, x.shape.slice(1)), x)

  test.each(Object.entries(all).filter(([name]) => name !== 'multiHeadAttention'))(
    'computes what the layer or net does: %s',
    (name, cases) => {
      const seen = cases.filter(
        one => taken(one) && !otherwise(version, name, one) && !dilatedPool(one.build(generator(0))),
      )
      check(
        fc.property(seen, fc.integer(), ({ build, input }, seed) => {
          const rng = generator(seed)
          const net = asIfTrained(build(rng), rng)
          const x = randn([input.length === 3 ? 1 : 4, ...input], rng)
          expectAgreement(run(net, x), net(x))
        }),
        10,
      )
    },
  )

  test('a square last layer is not transposed', () => {
    const net = layers.linear({ in: 32, out: 32, rng: generator(1) })
    const x = randn([3, 32], generator(2))
    expectAgreement(run(net, x), net(x))
  })

  test('the corner of a padded average is 4/9', () => {
    const net = layers.avgPool2d({ kernel: 3, stride: 1, padding: 1 })
    const x = ones([1, 4, 4, 1])
    const z = run(net, x)
    expectAgreement(z, net(x))
    expect(z.dataSync()[0]).toBeCloseTo(4 / 9, 6)
  })

  test('gelu, which 4.6 has not, is refused there and computed after', () => {
    const x = randn([2, 5], generator(1))
    const net = layers.gelu()
    if (version === '4.6') expect(() => run(net, x)).toThrow('type "Gelu"')
    else expectAgreement(run(net, x), net(x))
  })
})
