/** Encoded images (JPEG, PNG, ..) by index, wherever they are kept: files, records of a container, entries of a pickle. */
export interface EncodedImages {
  /** N, the number of images. */
  readonly length: number
  /** What errors and counts call image i: its path, or the container's path and the place in it. */
  name(i: number): string
  /**
   * The encoded bytes of image i, from 0 to N - 1, in an array of the caller's own, which may be transferred to a thread.
   * Reads may run at the same time. Rejects, with the file and the offset, where the container is damaged, on an i that is out
   * of range, and after `close`. Whether the bytes are a whole image, their decoder tells.
   */
  read(i: number): Promise<Uint8Array>
  /** The same at once, where a step cannot wait for `read`. */
  readNow?(i: number): Uint8Array
  /** Gives open files back. Reads that run end first; a second call does nothing. */
  close(): Promise<void>
}

/**
 * Images to train on, and their classes. A `Source` (samples as tensors, which a trainer takes) is what decodes them.
 */
export interface ImageSource extends EncodedImages {
  /** y[N]: the class of each image, from 0. */
  readonly labels: Int32Array
}
