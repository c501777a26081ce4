import type { LossRow } from '../../../losses/index.ts'

/** When to take a margin, by its name. */
const MARGINS: Readonly<Record<string, string>> = {
  softmax:
    'The plain classifier: where the classes of the test are those of the training, and lengths may carry confidence. It asks no class to be tight, so an embedding for search wants one of the others.',
  normFace:
    'The first choice without a margin: only directions count, in training as in a search by cosine. s sets how far apart classes have to be; with few classes or few dimensions 16 does, with thousands of classes 30 to 64.',
  lSoftmax:
    'The first margin of its kind, on lengths and angles together. It is hard to train: with more than a few classes, anneal it. SphereFace is its successor.',
  sphereFace:
    'A margin that multiplies the angle: little is asked near the prototype, much in the middle. lambda eases it in and stays at 5 by default, which is how it is trained. From a cold start over class centres it may collapse; begin with learned prototypes there.',
  cosFace:
    'The usual first choice with a margin: the simplest, and stable. m = 0.2 to 0.35; the smaller the sets and the lower the dimension, the smaller m.',
  arcFace:
    'A margin in the angle itself, the same arc wherever an image lies. It likes many images and a long training; m = 0.2 to 0.5 radians.',
  combinedMargin:
    'SphereFace, ArcFace and CosFace in one formula, for those who tune: (1, 0.3, 0.2) is what its authors report as the best of their mixtures.',
  none: 'Beside a classifier, never alone: it draws the images of a class to their centre and leaves the classes where they are. Add it with a small factor to a softmax loss.',
}

const LEARNED =
  "The prototypes are weights that the optimiser moves. Give them a larger rate than the net's, 30 times is a good start: under Adam the rows of rare classes hardly move otherwise."

const CENTRES =
  'The prototypes are the class centres: there is nothing to learn in them, and that of a rare class lies where its images are. It gains most where the embedding is tight (few dimensions for the number of classes) and on classes of few images; where the embedding has room, look at the nearest class mean first.'

export const whenToUse = ({ margin, prototypes }: LossRow): readonly string[] =>
  margin === 'none' ? [MARGINS[margin]] : [MARGINS[margin], prototypes === 'learned' ? LEARNED : CENTRES]
