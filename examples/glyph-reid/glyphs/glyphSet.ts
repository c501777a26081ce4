import type { Face } from './sources.ts'

export interface Identity {
  /** The smallest of its characters' code points. */
  readonly codePoint: number
  /** That character. */
  readonly name: string
}

export interface SetFace extends Face {
  /** Stands for its family where each is to have one face. */
  readonly representative: boolean
}

/** What is on the images, in which typeface. The images of an identity stand together. */
export interface GlyphSet {
  /** [N, 28, 28], greys, 255 for ink. */
  readonly images: Uint8Array
  /** [N], a place in `identities`. */
  readonly identity: Int32Array
  /** [N], a place in `families`: in re-identification, the camera. */
  readonly family: Int32Array
  /** [N], a place in `faces`. */
  readonly face: Int32Array
  /** [N], a code point: which of the identity's characters it is. */
  readonly character: Int32Array
  readonly identities: readonly Identity[]
  readonly families: readonly string[]
  readonly faces: readonly SetFace[]
  /** SHA-256 of all of the above. */
  readonly hash: string
}
