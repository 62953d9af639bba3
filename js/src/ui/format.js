// How long something took, in words. Pure.

/** @param {number} ms */
export function durationText(ms) {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Of what started and perhaps ended; "" where that is not known. @param {{ startedAt?: number, endedAt?: number } | undefined} it @param {number} [now] */
export function spentText(it, now) {
  const end = it?.endedAt ?? now;
  return it?.startedAt === undefined || end === undefined ? "" : durationText(end - it.startedAt);
}
