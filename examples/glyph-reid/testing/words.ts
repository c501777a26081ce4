/** Big-endian, as fonts have them. */
export const u16 = (value: number): Buffer => Buffer.from([(value >> 8) & 255, value & 255])
export const i16 = (value: number): Buffer => u16(value & 0xffff)
export const u32 = (value: number): Buffer => bytes(u16(Math.floor(value / 0x10000)), u16(value & 0xffff))

export const bytes = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts)
