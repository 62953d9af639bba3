// When an interrupt can no longer be answered, and how that is said. Pure: the clock is passed in.

import { clockText, durationText } from "../ui/format.js";

/**
 * @param {unknown} expiresAt @returns {number} ms since the epoch; what cannot be read never expires (C-INT-06)
 */
export function deadline(expiresAt) {
  const at = typeof expiresAt === "string" ? Date.parse(expiresAt) : NaN;
  return Number.isNaN(at) ? Infinity : at;
}

const LONG = 30 * 86_400_000;

/** @param {number} at @param {number} now @returns {string} "" while there is no deadline worth a word */
export function expiryText(at, now) {
  if (at - now > LONG) return "";
  if (at <= now) return `Expired at ${clockText(at).slice(0, 5)}. It can only be abandoned.`;
  const left = at - now;
  if (left < 3_600_000) return `Expires in ${durationText(Math.ceil(left / 1000) * 1000, 1000)}`;
  return `Expires in ${left < 172_800_000 ? `${Math.floor(left / 3_600_000)} h` : `${Math.floor(left / 86_400_000)} days`}`;
}
