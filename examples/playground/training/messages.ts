import type { Settings } from '../settings/settings.ts'

/** What the page tells the worker. `run` numbers the settings, so that what an earlier one still sends can be told apart. */
export type Request =
  /** Begin anew, at step 0, and wait. */
  | { readonly kind: 'prepare'; readonly run: number; readonly settings: Settings; readonly digits: string }
  | { readonly kind: 'go' }
  | { readonly kind: 'pause' }
  /** One step, then wait. */
  | { readonly kind: 'step' }

/** What the worker tells the page. */
export type Reply =
  /** At step 0. */
  | { readonly kind: 'ready'; readonly run: number; readonly place: Place; readonly data: Data }
  /** A step was taken; the loss of its batch on either side. */
  | { readonly kind: 'stepped'; readonly run: number; readonly step: number; readonly losses: Pair<number> }
  /** How the nets stand, which is looked at every `EVERY` steps, at a pause and at the end. */
  | { readonly kind: 'sight'; readonly run: number; readonly sight: Pair<Sight> }
  /** It waits: the last step was taken, or it was told to. */
  | { readonly kind: 'rests'; readonly run: number; readonly finished: boolean }
  /** This run is over, for a reason that the page shows. */
  | { readonly kind: 'failed'; readonly run: number; readonly error: string }

export type Pair<T> = readonly [left: T, right: T]

/** What computes. */
export interface Place {
  /** As people read it: wasm on 2 threads, or a graphics card's name. */
  readonly title: string
  /** A software renderer, which is slow. */
  readonly software: boolean
}

/** The images that are learned, and those that are looked at. */
export interface Data {
  /** digits[j] is the digit that class j stands for; class 0 is the largest. */
  readonly digits: readonly number[]
  /** Training images of each class. */
  readonly sizes: readonly number[]
  /** The classes of the tail, the smallest first. */
  readonly tail: readonly number[]
  /** The classes of the points in the pictures. */
  readonly labels: Int32Array
  /** Test images that the accuracy along the way is of, and those at the end. */
  readonly sample: number
  readonly all: number
}

/** How one side's net stands. */
export interface Sight {
  readonly step: number
  /** Embeddings of the points, N x dim. */
  readonly points: Float32Array
  /** Prototypes and class centres, C x dim. */
  readonly prototypes: Float32Array
  readonly centres: Float32Array
  /** Between each class's prototype and centre, in radians. */
  readonly angles: Float64Array
  /** Of each class, by the loss's logits, and its mean over all classes and over the tail; 0..1. */
  readonly byClass: Float64Array
  readonly balanced: number
  readonly tail: number
  /** Whether accuracy and centres are of all images, not of a sample. */
  readonly whole: boolean
}
