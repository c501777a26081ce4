/** An Exif block that holds an orientation, in either order of bytes, after another entry. */
export function exifOf(orientation: number, little: boolean, kind = 3): Uint8Array {
  const view = new DataView(new ArrayBuffer(38))
  view.setUint16(0, little ? 0x4949 : 0x4d4d)
  view.setUint16(2, 42, little)
  view.setUint32(4, 8, little)
  view.setUint16(8, 2, little)
  entry(0x0100, 3, 7, 10)
  entry(0x0112, kind, orientation, 22)
  return new Uint8Array(view.buffer)

  function entry(tag: number, type: number, value: number, at: number): void {
    view.setUint16(at, tag, little)
    view.setUint16(at + 2, type, little)
    view.setUint32(at + 4, 1, little)
    view.setUint16(at + 8, value, little)
  }
}

/** How a JPEG carries it. */
export const jpegExif = (exif: Uint8Array): Uint8Array =>
  Uint8Array.from([...Array.from('Exif\0\0', c => c.charCodeAt(0)), ...exif])
