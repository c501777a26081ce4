import {
  checkFunction,
  checkGiven,
  checkInteger,
  checkName,
  checkNumber,
  checkOptions,
  type OptionNames,
  refusal,
  shown,
} from '../../../engine/check.ts'
import type { Embeddings } from '../../evaluation/unitRows.ts'
import { checkIdentity, ENROL, type EnrolOptions, namesOf, unitsOf, weightsOf } from './enrolment.ts'
import { type Entry, pooled } from './entry.ts'
import { exactStore } from './exactStore.ts'
import { type Answer, answerOf, type IdentifyOptions } from './identify.ts'
import { type GalleryReport, type ReportOptions, report } from './report.ts'
import { type Contents, packed } from './savedGallery.ts'
import type { VectorStore } from './vectorStore.ts'

export interface GalleryOptions {
  /** D, the length of the embeddings. */
  readonly dimension: number
  /**
   * What is kept of an identity's images: the direction of their `mean`, weighted by quality, or each of them `apart`, of which
   * the most similar counts. Default mean.
   */
  readonly templates?: 'mean' | 'apart'
  /** Where the vectors are. Default: in memory, searched exactly. */
  readonly store?: VectorStore
}

const OPTIONS = { dimension: ['dim'], templates: true, store: true } satisfies OptionNames<GalleryOptions>

/** A cosine in float32, and the threshold just above it: D roundings of 2^-24 beyond 1, of thousands of dimensions. */
const MOST_COSINE = 1.001

const IDENTIFY = { threshold: true, k: true, calibration: true } satisfies OptionNames<IdentifyOptions>

/**
 * Identities by name, with the embeddings that tell them: enrol people, then ask who an image shows, or that it is nobody known.
 *   score of an identity = max over its vectors of cos(x, vector); the answer is the best identity where its score >= threshold
 * Calls that are made before others are done wait for these. Nothing is changed by a call that throws.
 */
export class Gallery {
  readonly dimension: number
  readonly templates: 'mean' | 'apart'
  readonly #store: VectorStore
  #entries = new Map<string, Entry>()
  /** The identity of each key. */
  #owners = new Map<number, string>()
  #nextKey = 0
  /** No identity has more vectors. */
  #most = 1
  #last: Promise<unknown> = Promise.resolve()
  #disposed = false

  constructor(options: GalleryOptions) {
    checkGiven('Gallery', options, OPTIONS)
    const { dimension, templates = 'mean', store } = options
    checkInteger('Gallery', 'dimension', dimension, 1)
    checkName('Gallery', 'templates', templates, ['mean', 'apart'])
    if (store !== undefined)
      for (const method of ['put', 'get', 'remove', 'search'] as const)
        checkFunction('Gallery', `store.${method}`, store?.[method])
    this.dimension = dimension
    this.templates = templates
    this.#store = store ?? exactStore(dimension)
  }

  /** Names in the order in which they were added. */
  get identities(): readonly string[] {
    this.#checkInUse()
    return [...this.#entries.keys()]
  }

  /** How many images were added to this identity; 0 for one that is not known. */
  images(identity: string): number {
    this.#checkInUse()
    return this.#entries.get(identity)?.images.length ?? 0
  }

  /** Adds images of an identity, new or known.  x[N,D] */
  add(identity: string, x: Embeddings, options: EnrolOptions = {}): Promise<void> {
    return this.#inTurn(() => this.#enrol('add', identity, x, options, this.#entries.get(identity)))
  }

  /** Puts images in the place of all that were of this identity. Throws on one that is not known.  x[N,D] */
  update(identity: string, x: Embeddings, options: EnrolOptions = {}): Promise<void> {
    return this.#inTurn(async () => {
      const { keys } = this.#known('update', identity)
      await this.#enrol('update', identity, x, options, undefined)
      await this.#forget(keys)
    })
  }

  /** Forgets an identity. Throws on one that is not known. */
  remove(identity: string): Promise<void> {
    return this.#inTurn(async () => {
      const { keys } = this.#known('remove', identity)
      this.#entries.delete(identity)
      await this.#forget(keys)
    })
  }

  /** Who each row shows.  x[N,D] -> N answers. Throws on embeddings that are not finite, or of another length. */
  identify(x: Embeddings, options: IdentifyOptions): Promise<Answer[]> {
    return this.#inTurn(async () => {
      checkGiven('identify', options, IDENTIFY)
      checkNumber('identify', 'threshold', options.threshold)
      // Infinity accepts nobody, as `minDetectionCost` may want.
      if (options.threshold > MOST_COSINE && options.threshold !== Infinity)
        throw refusal('identify', 'threshold as a cosine of at most 1', options.threshold)
      const { k = 1, calibration } = options
      checkInteger('identify', 'k', k, 1)
      if (calibration !== undefined)
        checkFunction('identify', 'calibration.probability', calibration?.probability)
      const queries = await unitsOf('identify', x, this.dimension)
      const found = await this.#store.search(queries, this.#toFind(Math.max(k, 2)))
      return found.map(neighbors => answerOf(neighbors, key => this.#owners.get(key), options))
    })
  }

  /** Images that are there twice, and images that are nearer to another identity than to their own: likely wrong labels. */
  report(options: ReportOptions = {}): Promise<GalleryReport> {
    return this.#inTurn(() => report(this.#entries, this.#owners, this.#store, this.#most + 1, options))
  }

  /** All of it as bytes, in the safetensors layout, for `loadGallery`: a file is written by `writeGallery`. */
  save(): Promise<Uint8Array> {
    return this.#inTurn(() => packed(this, this.#entries, this.#store))
  }

  /** Gives the memory of the vectors back; every later call throws. */
  dispose(): void {
    this.#disposed = true
    this.#store.dispose?.()
  }

  /** What `loadGallery` does with bytes that it has read; the gallery is empty before. @internal */
  load(contents: Contents): Promise<void> {
    return this.#inTurn(async () => {
      if (!(contents?.entries instanceof Map))
        throw new Error(`load: contents that loadGallery(bytes) has read expected, got ${shown(contents)}`)
      if (this.#entries.size > 0)
        throw new Error(`load: an empty gallery expected, got one of ${this.#entries.size} identities`)
      const { entries, vectors } = contents
      const keys = [...entries.values()].flatMap(entry => entry.keys)
      await this.#store.put(keys, vectors)
      this.#nextKey = keys.reduce((next, key) => Math.max(next, key + 1), 0)
      for (const [identity, entry] of entries) this.#set(identity, entry)
    })
  }

  async #enrol(
    op: string,
    identity: string,
    x: Embeddings,
    options: EnrolOptions,
    old: Entry | undefined,
  ): Promise<void> {
    checkOptions(op, options, ENROL)
    checkIdentity(op, identity)
    const vectors = await unitsOf(op, x, this.dimension)
    const weights = weightsOf(op, options.quality, vectors.length)
    const images = [
      ...(old?.images ?? []),
      ...namesOf(op, options.names, vectors.length, old?.images.length ?? 0),
    ]
    if (this.templates === 'apart') {
      const keys = vectors.map(() => this.#nextKey++)
      await this.#store.put(keys, vectors)
      this.#set(identity, {
        keys: [...(old?.keys ?? []), ...keys],
        lengths: [...(old?.lengths ?? []), ...weights],
        images,
      })
      return
    }
    const before = old === undefined ? [] : await this.#store.get(old.keys)
    const { unit, length } = pooled([...before, ...vectors], [...(old?.lengths ?? []), ...weights])
    if (!(length > 0))
      throw new Error(`${op}: images of ${identity} with a mean direction expected, got a mean of 0`)
    const keys = old?.keys ?? [this.#nextKey++]
    await this.#store.put(keys, [unit])
    this.#set(identity, { keys, lengths: [length], images })
  }

  #set(identity: string, entry: Entry): void {
    this.#entries.set(identity, entry)
    for (const key of entry.keys) this.#owners.set(key, identity)
    this.#most = Math.max(this.#most, entry.keys.length)
  }

  async #forget(keys: readonly number[]): Promise<void> {
    for (const key of keys) this.#owners.delete(key)
    await this.#store.remove(keys)
  }

  #known(op: string, identity: string): Entry {
    const entry = this.#entries.get(identity)
    if (entry === undefined) throw refusal(op, 'an identity of the gallery', identity)
    return entry
  }

  /** So many vectors are of that many identities at least, or are all that there are. */
  #toFind(identities: number): number {
    return (identities - 1) * this.#most + 1
  }

  #checkInUse(): void {
    if (this.#disposed) throw new Error('Gallery: a gallery in use expected, got one after dispose()')
  }

  /** What `f` gives, when all calls before are done. */
  #inTurn<T>(f: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => {
      this.#checkInUse()
      return f()
    })
    this.#last = result.catch(() => {})
    return result
  }
}
