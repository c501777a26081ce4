import type { LossRow } from '../../../losses/index.ts'

/** When to take a margin, by its name. */
const MARGINS: Readonly<Record<string, string>> = {
  softmax:
    'The plain classifier: for a test with the classes of the training. Lengths may express confidence. Classes need not be tight: to compare embeddings, take one of the other losses.',
  normFace:
    'The first choice without a margin: only directions count, in training and in a search by cosine. s sets how far apart classes have to be: 16 for few classes or few dimensions, 30 to 64 for thousands of classes.',
  lSoftmax:
    'The first margin of its kind, on lengths and angles together. It is hard to train: with more than a few classes, use annealing. SphereFace is its successor.',
  sphereFace:
    'A margin that multiplies the angle: small near the prototype, large in the middle. lambda falls during training and ends at 5 by default. Over class centres from the start, training may collapse; begin with learned prototypes there.',
  sphereFaceR:
    'SphereFace without annealing: m is any number, and the gradient is that of the plain cosine, so that training is as steady as without a margin. Its value is not what the gradient goes down: judge it by accuracy, not by its loss.',
  cosFace:
    'The usual first choice with a margin: the simplest, and stable. m = 0.2 to 0.35; the smaller the sets and the lower the dimension, the smaller m.',
  arcFace:
    'A margin in the angle itself, the same at every angle. It needs many images and a long training; m = 0.2 to 0.5 radians.',
  combinedMargin:
    'SphereFace, ArcFace and CosFace in one formula, to be tuned: its authors name (1, 0.3, 0.2) and (0.9, 0.4, 0.15) among the best mixtures, and ArcFace above both.',
  none: 'Beside a classifier, never alone: it moves the images of a class to their centre and does not separate classes. Add it with a small factor to a softmax loss.',
}

const LEARNED =
  "The prototypes are weights that the optimiser moves. Give them a larger rate than the net's, 30 times is a good start: with Adam the weights of rare classes hardly move otherwise."

const CENTRES =
  'The prototypes are the class centres: they are not learned, and the centre of a rare class lies at its images. They gain most with few dimensions for the number of classes, and on classes of few images; with many dimensions, try the nearest class mean first.'

export const whenToUse = ({ margin, prototypes }: LossRow): readonly string[] =>
  margin === 'none' ? [MARGINS[margin]] : [MARGINS[margin], prototypes === 'learned' ? LEARNED : CENTRES]
