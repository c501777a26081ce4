import fc from 'fast-check'
import { convNet, lenetPlusPlus, resNet, smallNet, sphereFaceNet } from '../../models/index.ts'
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
} satisfies Record<string, fc.Arbitrary<Drawn>>
