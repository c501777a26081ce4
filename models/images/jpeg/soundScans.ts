import { readMarkers } from './markers.ts'

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
