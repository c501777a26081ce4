/** The first of the places start, start + step, .. that is not negative. */
export function firstInside(start: i32, step: i32): i32 {
  let i = 0
  for (let at = start; at < 0; at += step) i++
  return i
}

/** How many of the places start, start + step, .. lie below `size`, at most `count`. */
export function countBelow(start: i32, step: i32, count: i32, size: i32): i32 {
  let i = 0
  for (let at = start; i < count && at < size; at += step) i++
  return i
}
