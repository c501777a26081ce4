import { UnsupportedImage } from '../image.ts'
import { exifIn } from '../orientation.ts'

export interface Component {
  readonly id: number
  /** Samples across and down, beside the other components. */
  readonly h: number
  readonly v: number
}

/** What stands before a JPEG's first scan. */
export interface Markers {
  readonly height: number
  readonly width: number
  readonly components: readonly Component[]
  /** The transform that the last of Adobe's segments names. */
  readonly transform: number | undefined
  readonly exif: Uint8Array | undefined
  /** Where the scans begin. */
  readonly scans: readonly number[]
}

const [EOI, SOS] = [0xd9, 0xda]
/** Frames of a kind that is read: sequential and progressive with Huffman codes. */
const FRAMES = [0xc0, 0xc1, 0xc2]
const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]

const ADOBE = [...'Adobe'].map(c => c.charCodeAt(0))

/** Source: ITU-T T.81, annex B; T.872 (Adobe's segment); CIPA DC-008 (Exif). */
export function readMarkers(bytes: Uint8Array): Markers {
  let frame: Pick<Markers, 'height' | 'width' | 'components'> | undefined
  let transform: number | undefined
  let exif: Uint8Array | undefined
  let end = 0
  for (const { marker, begin, content } of segments(bytes)) {
    end = begin + content.length
    if (FRAMES.includes(marker)) {
      frame = readFrame(content)
    } else if (OTHER_FRAMES.includes(marker)) {
      throw new UnsupportedImage(
        `a baseline or progressive JPEG expected, got one of frame ${marker.toString(16)}`,
      )
    } else if (marker === 0xe1) {
      exif ??= exifIn(content)
    } else if (marker === 0xee && content.length >= 12 && ADOBE.every((byte, i) => content[i] === byte)) {
      transform = content[11]
    }
  }
  if (frame === undefined) throw new Error('a scan before any frame')
  return { ...frame, transform, exif, scans: findScans(bytes, end) }
}

interface Segment {
  readonly marker: number
  /** Where the content begins. */
  readonly begin: number
  readonly content: Uint8Array
}

/** The segments before the first scan. Bytes between them are passed over, as libjpeg does. */
function* segments(bytes: Uint8Array): Generator<Segment> {
  for (let at = 2; ; ) {
    while (at < bytes.length && !(bytes[at] === 0xff && bytes[at + 1] !== 0xff && bytes[at + 1] !== 0)) at++
    const marker = bytes[at + 1]
    if (marker === SOS) return
    if (at + 4 > bytes.length || marker === EOI) {
      throw new Error(`the end of the file, after ${Math.min(at, bytes.length)} bytes`)
    }
    const end = at + 2 + 256 * bytes[at + 2] + bytes[at + 3]
    if (end > bytes.length) throw new Error(`the end of the file, after ${bytes.length} bytes`)
    yield { marker, begin: at + 4, content: bytes.subarray(at + 4, end) }
    at = Math.max(end, at + 4)
  }
}

/** The scans from `at` on and before the image ends: among codes 0xff is never followed by their marker. */
function findScans(bytes: Uint8Array, at: number): number[] {
  const scans: number[] = []
  for (let i = bytes.indexOf(0xff, at); i >= 0 && bytes[i + 1] !== EOI; i = bytes.indexOf(0xff, i + 1)) {
    if (bytes[i + 1] === SOS) scans.push(i)
  }
  return scans
}

function readFrame(content: Uint8Array): Pick<Markers, 'height' | 'width' | 'components'> {
  const [precision, h1, h0, w1, w0, n] = content
  if (n === undefined || content.length < 6 + 3 * n) throw new Error('a frame that breaks off')
  if (precision !== 8) throw new UnsupportedImage(`a JPEG of 8 bits a sample expected, got ${precision}`)
  if (n !== 1 && n !== 3 && n !== 4) throw new UnsupportedImage(`1, 3 or 4 components expected, got ${n}`)
  const components = Array.from({ length: n }, (_, i) => {
    const [id, sampling] = content.subarray(6 + 3 * i)
    const [h, v] = [sampling >> 4, sampling & 15]
    if (h < 1 || h > 4 || v < 1 || v > 4) throw new Error(`a component of ${h} x ${v} samples`)
    return { id, h, v }
  })
  return { height: 256 * h1 + h0, width: 256 * w1 + w0, components }
}

/** What each scan of a sequential JPEG says: coefficients 0 to 63, all of their bits. */
const SEQUENTIAL = [0, 63, 0]

/**
 * A copy of a sequential JPEG whose scans all say so. Phones write photos with zeros there, which change no pixel: libjpeg
 * warns of them and goes on, and sharp, told to refuse what is damaged, refuses them.
 * Source: ITU-T T.81, B.2.3, table B.3.
 */
export function withSoundScans(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes)
  for (const at of readMarkers(bytes).scans) {
    const end = at + 2 + 256 * bytes[at + 2] + bytes[at + 3]
    if (end <= copy.length) copy.set(SEQUENTIAL, end - SEQUENTIAL.length)
  }
  return copy
}
