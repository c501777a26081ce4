/**
 * 5. IR-Softmax on long-tailed digits       npx tsx examples/tutorial/5-ir-softmax.ts
 *
 * Ten digits, 690 images of the commonest and 7 of the rarest. Does a rare class get a prototype where its images are?
 */
import { tensor } from '../../engine/index.ts'
import { cosFace, irCosFace, type Loss } from '../../losses/index.ts'
import {
  adam,
  anglesBetween,
  classMeans,
  closedSet,
  degrees,
  embed,
  meanOver,
  predict,
  smallestClasses,
  smallNet,
  Trainer,
  warmupCosine,
} from '../../models/index.ts'
import { readDigits } from '../long-tail/digits.ts'
import { splitDigits } from '../long-tail/split.ts'

const [STEPS, CLASSES, DIM] = [1000, 10, 2]
const { train, test, sizes } = splitDigits(readDigits(), 0, 100)
console.log(sizes.join(' '))
// -> 690 420 252 151 90 54 33 19 12 7

const images = ({ x, y }: typeof train) => tensor(x, { shape: [y.length, 28, 28, 1] })
const rare = smallestClasses(sizes, 4)

/** Trains the same net from the same start by `loss`, and says what becomes of the rare classes. */
async function learn(loss: Loss): Promise<string> {
  const net = smallNet({ dim: DIM, seed: 0 })
  const trainer = new Trainer({
    net,
    loss,
    optimizer: adam([{ parameters: net.parameters }, { parameters: loss.parameters }], { lr: 2e-3 }),
    x: images(train),
    y: train.y,
    seed: 0,
    schedule: warmupCosine({ warmup: 50, steps: STEPS }),
  })
  await trainer.run({ steps: STEPS })

  // The paper's diagnosis: the angle between a class's prototype and the centre of its images.
  const centres = classMeans(embed(net, images(train)), train.y, CLASSES)
  const angles = await anglesBetween(loss.prototypes, centres)
  const predicted = await predict(loss, embed(net, images(test)))
  const { balanced, byClass } = closedSet(predicted, test.y, CLASSES)
  return `the rarest class's prototype is ${degrees(angles[rare[0]]).toFixed(0)} degrees off
${percent(balanced)} of all classes are right, ${percent(meanOver(byClass, rare))} of the rare four`
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`

// The learned weight of a class of 7 images is seldom pulled at, and often pushed away.
console.log(await learn(cosFace({ classes: CLASSES, dim: DIM, s: 16, m: 0.2, seed: 0 })))
// -> the rarest class's prototype is 25 degrees off
// -> 52 % of all classes are right, 19 % of the rare four

// IR-Softmax puts it where the images are: the prototype is their centre, no weight to learn at all.
console.log(await learn(irCosFace({ classes: CLASSES, dim: DIM, s: 16, m: 0.2, seed: 0 })))
// -> the rarest class's prototype is 3 degrees off
// -> 64 % of all classes are right, 43 % of the rare four
