// Which names a few typed letters may mean, best first. Pure.

/** How far a name is from what was typed; none: it is not meant. @param {string} name @param {string} typed */
function distance(name, typed) {
  const [whole, part] = [name.toLowerCase(), typed.toLowerCase()];
  const at = whole.indexOf(part);
  if (at >= 0) return at === 0 ? 0 : whole[at - 1] === "_" ? 1 : 2;
  let from = 0;
  let gaps = 0;
  for (const letter of part) {
    const found = whole.indexOf(letter, from);
    if (found < 0) return undefined;
    gaps += found - from;
    from = found + 1;
  }
  return 3 + gaps;
}

/**
 * Those whose name holds the letters in their order; shorter ones first where nothing else tells.
 * @template {[string, ...any[]]} T @param {readonly T[]} all @param {string} typed @returns {T[]}
 */
export function matching(all, typed) {
  const near = all.flatMap((one) => {
    const far = distance(one[0], typed);
    return far === undefined ? [] : [{ one, far }];
  });
  const order = typed ? near.sort((a, b) => a.far - b.far || a.one[0].length - b.one[0].length) : near;
  return order.map(({ one }) => one);
}
