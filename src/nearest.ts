/** "; did you mean …?" with the known word that is nearest to the given one, or "" where none is near. */
export function nearest(given: string, known: readonly string[]): string {
  const word = nearestWord(given, known);
  return word === undefined ? "" : `; did you mean ${word}?`;
}

/** The known word that is nearest to the given one; `undefined` where none is near. */
export function nearestWord(given: string, known: readonly string[]): string | undefined {
  const ranked = known.map((word) => ({ word, distance: editDistance(given, word) }));
  ranked.sort((left, right) => left.distance - right.distance);
  const best = ranked[0];
  // More than about half the word wrong is no slip any more.
  if (best === undefined || best.distance > Math.max(2, best.word.length / 2)) return undefined;
  return best.word;
}

/** The least number of insertions, deletions, substitutions and swaps of neighbours that turn one into the other. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + same,
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
