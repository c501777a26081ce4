/** In the place of a logit that is left out, or added to it: e^z, a sigmoid and ln(1 + e^z) of it are 0, and nothing about it is infinite. */
export const LEFT_OUT = -1e30
