import { escapeHtml } from '../../page/svg.ts'

/** A JPEG within the page. */
export const jpeg = (bytes: Uint8Array, alt: string): string =>
  `<img alt="${escapeHtml(alt)}" src="data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}">`
