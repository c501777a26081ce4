import { checkInteger, checkList, checkOptions, type OptionNames, refusal } from '../../../../engine/check.ts'
import type { ImageSource } from '../../../data/imageSource.ts'
import { IMAGE_ENDINGS } from '../../formats.ts'
import { ContainerFile, readFile } from '../containerFile.ts'
import type { TarEntry } from './entries.ts'
import { type TarSample, tarSamples } from './samples.ts'

export interface TarShardsOptions {
  /** The ending of the images, without its dot. Default: whichever of a sample's is one of an image; it must have one. */
  readonly image?: string
  /** The ending of the file with the class. Default cls. */
  readonly label?: string
  /** The class in that file. Default: it is a whole number as text, and nothing else. */
  readonly parse?: (text: string, key: string) => number
}

const OPTIONS = { image: true, label: true, parse: true } satisfies OptionNames<TarShardsOptions>

/** No file with a class is longer. */
const LONGEST = 2 ** 20

interface Place extends TarEntry {
  readonly path: string
}

/**
 * The images of WebDataset's shards, tar archives in which the files of a sample have one name but for their endings and stand
 * side by side: `0001.jpg`, `0001.cls`. In the order of the shards and of the archives; headers are read once, images by index.
 * A class in JSON: `{ label: 'json', parse: text => JSON.parse(text).label }`.
 * Source: webdataset.github.io, "The WebDataset Format"; tar as `ustar`, pax and GNU's long names. Shards that are gzipped are
 * no archive to read by index: unpack them once.
 *
 * Throws a `ContainerError` with the byte's offset where a shard is not of that form, and on a sample without image or class.
 */
export function tarShards(paths: readonly string[], options: TarShardsOptions = {}): ImageSource {
  checkOptions('tarShards', options, OPTIONS)
  checkList('tarShards', 'paths', paths, 'of .tar files')
  const { image, label = 'cls', parse = wholeNumber } = options
  const places: Place[] = []
  const labels: number[] = []
  for (const path of paths) {
    readFile('tarShards', path, file => {
      const before = places.length
      for (const sample of tarSamples(file)) {
        const entry = imageOf(file, sample, image)
        labels.push(classOf(file, sample, label, parse))
        places.push({ ...entry, path })
      }
      if (places.length === before) throw file.error(0, 'at least one sample', 'none')
    })
  }
  if (places.length === 0) throw refusal('tarShards', 'at least one shard', paths)
  return imagesOf(places, Int32Array.from(labels))
}

function imageOf(file: ContainerFile, { key, entries }: TarSample, image?: string): TarEntry {
  const images = [...entries].filter(([ending]) =>
    image === undefined ? IMAGE_ENDINGS.has(`.${ending}`) : ending === image.toLowerCase(),
  )
  if (images.length === 1) return images[0][1]
  const { offset } = [...entries.values()][0]
  const endings = [...entries.keys()].map(ending => `.${ending}`).join(', ')
  throw file.error(offset, `one ${image === undefined ? 'image' : `.${image}`} in sample ${key}`, endings)
}

function classOf(
  file: ContainerFile,
  { key, entries }: TarSample,
  label: string,
  parse: (text: string, key: string) => number,
): number {
  const entry = entries.get(label.toLowerCase())
  if (entry === undefined) {
    const { offset } = [...entries.values()][0]
    throw file.error(offset, `a .${label} in sample ${key}`, 'none')
  }
  const { offset, size } = entry
  if (size > LONGEST) throw file.error(offset, `a .${label} of at most ${LONGEST} bytes`, `${size}`)
  const text = new TextDecoder().decode(file.bytes(offset, size))
  const value = parse(text, key)
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value
  throw file.error(offset, 'a class that is a whole number from 0', JSON.stringify(text.slice(0, 40)))
}

const wholeNumber = (text: string): number => (/^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN)

/** A shard is opened for each image: there may be more of them than a process may hold open. */
function imagesOf(places: readonly Place[], labels: Int32Array): ImageSource {
  let closed = false
  const at = (i: number): Place => {
    checkInteger('tarShards', 'i', i, 0, places.length - 1)
    return places[i]
  }
  const opened = (path: string): ContainerFile => {
    if (closed) throw new Error(`tarShards: ${path}: open shards expected, got closed ones`)
    return new ContainerFile('tarShards', path)
  }
  return {
    length: places.length,
    labels,
    name: i => `${at(i).path}: ${at(i).name}`,
    async read(i) {
      const { path, offset, size } = at(i)
      const file = opened(path)
      try {
        return await file.read(offset, size)
      } finally {
        await file.close()
      }
    },
    readNow(i) {
      const { path, offset, size } = at(i)
      const file = opened(path)
      try {
        return file.bytes(offset, size)
      } finally {
        file.closeNow()
      }
    },
    async close() {
      closed = true
    },
  }
}
