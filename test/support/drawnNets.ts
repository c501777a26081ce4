import fc from 'fast-check'
import {
  convNet,
  irNet,
  lenetPlusPlus,
  lightCnn9,
  mobileFaceNet,
  resNet,
  resNet50,
  smallNet,
  sphereFaceNet,
} from '../../models/index.ts'
import { type Drawn, drawn } from './drawnLayers.ts'

const from = (min: number, max: number) => fc.integer({ min, max })
const image = (side: fc.Arbitrary<number>) => fc.tuple(side, side, from(1, 3))

/** The nets that halve the image three times by pooling need 8 x 8. */
const LEAST = 8

/** Every net of the package, for images of random sizes. */
export const DRAWN_NETS = {
  smallNet: fc
    .tuple(image(from(1, 20)), from(1, 6))
    .map(([input, dim]) => drawn('smallNet', { dim }, input, rng => smallNet({ dim, input, rng }))),
  convNet: fc
    .tuple(image(from(LEAST, 20)), from(1, 6))
    .map(([input, dim]) => drawn('convNet', { dim }, input, rng => convNet({ dim, input, rng }))),
  lenetPlusPlus: fc
    .tuple(image(from(LEAST, 12)), from(1, 3))
    .map(([input, dim]) => drawn('lenetPlusPlus', { dim }, input, rng => lenetPlusPlus({ dim, input, rng }))),
  resNet: fc
    .tuple(image(from(1, 16)), from(1, 6), fc.array(from(1, 2), { minLength: 1, maxLength: 4 }), from(1, 6))
    .map(([input, dim, blocks, width]) =>
      drawn('resNet', { dim, blocks, width }, input, rng => resNet({ dim, blocks, width, input, rng })),
    ),
  sphereFaceNet: fc
    .tuple(image(from(1, 24)), from(1, 6), fc.constantFrom(4 as const, 20 as const), from(1, 6))
    .map(([input, dim, depth, width]) =>
      drawn('sphereFaceNet', { dim, depth, width }, input, rng =>
        sphereFaceNet({ dim, depth, width, input, rng }),
      ),
    ),
  irNet: fc
    .tuple(image(from(1, 24)), from(1, 6), fc.constantFrom(18 as const, 34 as const), from(1, 4))
    .map(([input, dim, depth, width]) =>
      drawn('irNet', { dim, depth, width }, input, rng => irNet({ dim, depth, width, input, rng })),
    ),
  mobileFaceNet: fc
    .tuple(image(from(1, 33)), from(1, 6), from(1, 4), from(1, 2), from(1, 2))
    .map(([input, dim, width, scale, first]) => {
      const options = { dim, width, scale, blocks: [first, 1, 2, 1] }
      return drawn('mobileFaceNet', options, input, rng => mobileFaceNet({ ...options, input, rng }))
    }),
  resNet50: fc
    .tuple(image(from(1, 33)), from(1, 4), fc.constantFrom(1 as const, 2 as const), fc.boolean())
    .map(([input, width, lastStride, neck]) => {
      const options = { width, lastStride, neck, blocks: [2, 1, 1, 1] }
      return drawn('resNet50', options, input, rng => resNet50({ ...options, input, rng }))
    }),
  lightCnn9: fc
    .tuple(image(from(16, 33)), from(1, 6), fc.constantFrom(3, 6))
    .map(([input, dim, width]) =>
      drawn('lightCnn9', { dim, width }, input, rng => lightCnn9({ dim, width, input, rng })),
    ),
} satisfies Record<string, fc.Arbitrary<Drawn>>
