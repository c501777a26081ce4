/** The glyph data set, for what trains on it. */
export type { GlyphSet, Identity, SetFace } from './glyphs/glyphSet.ts'
export { type LoadOptions, loadGlyphs } from './glyphs/load.ts'
export {
  type Parts,
  type Protocol,
  type ProtocolName,
  type ProtocolOptions,
  protocol,
} from './glyphs/protocol.ts'
export { PIXELS, SIDE } from './raster/glyph.ts'
