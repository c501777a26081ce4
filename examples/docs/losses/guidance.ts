import type { LossRow } from '../../../losses/index.ts'

/** When to take a margin, by its name. */
const MARGINS: Readonly<Record<string, string | undefined>> = {
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
  curricularFace:
    'ArcFace that learns easy samples first: classes that win against the right one count little at the start, and more as the net learns. For large sets and long trainings.',
  mvSoftmax:
    'CosFace or ArcFace that counts misclassified classes more, by a fixed t. It sharpens a net that already separates most classes; for a start from nothing CurricularFace is gentler.',
  magFace:
    'When the length of an embedding is to tell how good its image is: easy images get long embeddings and large margins. Compare by cosine, and read `featureQuality` beside it. The net must be free to make lengths of 10 to 110; set la and ua to what yours makes.',
  adaFace:
    'For images of mixed quality: those of small norm, probably unrecognisable, are not pressed for more than they have. Batches of a hundred images and more, so that mean and deviation mean something.',
  elasticFace:
    'ArcFace or CosFace with a margin that is drawn anew for each sample: as simple, and less sure of one number.',
  adaCos:
    'NormFace without a scale to choose: s follows the training. The first try where nothing is known of the data.',
  sphereFace2:
    'For verification: each class is a question of its own, same or not, and one learned threshold serves for all classes and for strangers. Classes do not compete, so wrong labels do less harm.',
  uniFace:
    'As SphereFace2 with CosFace’s margin: one learned threshold between all own and all other cosines.',
  none: 'Beside a classifier, never alone: it moves the images of a class to their centre and does not separate classes. Add it with a small factor to a softmax loss.',
}

const LEARNED =
  "The prototypes are weights that the optimiser moves. Give them a larger rate than the net's: with Adam the weights of rare classes hardly move otherwise. With twelve classes 10 times was within 2 points of the best of 3, 10, 30 and 100 times (npm run losses); the example of 3,600 identities, glyph-reid, takes 30 times."

const CENTRES =
  'The prototypes are the class centres: they are not learned, and the centre of a rare class lies at its images. They gain most with few dimensions for the number of classes, and on classes of few images; with many dimensions, try the nearest class mean first.'

export function whenToUse({ margin, prototypes }: LossRow): readonly string[] {
  const when = MARGINS[margin]
  if (when === undefined) throw new Error(`docs: when to take '${margin}' expected in losses/guidance.ts`)
  return margin === 'none' ? [when] : [when, prototypes === 'learned' ? LEARNED : CENTRES]
}
