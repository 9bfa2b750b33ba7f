/** Shifts of a rota given to posts: the rota says how many work when, a file says at which post; pure. */

/** People who start and end together. */
export interface Stretch { from: string; to: string; people: number }

type Piece<T extends Stretch> = Omit<T, "people"> & { post: string; headcount: number };

function overlap(one: Stretch | { from: string; to: string }, other: { from: string; to: string }): number {
  return Math.max(0, Math.min(Date.parse(one.to), Date.parse(other.to)) - Math.max(Date.parse(one.from), Date.parse(other.from)));
}

/** Everybody of every stretch gets a post, one person after the other: the post with the fewest people in that time, the first of equals. */
export function spreadShifts<T extends Stretch>(posts: readonly string[], shifts: readonly T[]): Piece<T>[] {
  const given: Piece<T>[] = [];
  if (posts.length === 0) return given;
  const inOrder = [...shifts].sort((a, b) => Date.parse(a.from) - Date.parse(b.from) || Date.parse(b.to) - Date.parse(a.to));
  for (const shift of inOrder) {
    const { people, ...rest } = shift;
    const load = new Map(posts.map((post) => [post, given.filter((one) => one.post === post).reduce((sum, one) => sum + one.headcount * overlap(one, shift), 0)]));
    const heads = new Map<string, number>();
    for (let n = 0; n < people; n += 1) {
      const post = posts.reduce((best, each) => ((load.get(each) ?? 0) < (load.get(best) ?? 0) ? each : best));
      load.set(post, (load.get(post) ?? 0) + overlap(shift, shift));
      heads.set(post, (heads.get(post) ?? 0) + 1);
    }
    for (const post of posts) {
      const headcount = heads.get(post);
      if (headcount) given.push({ ...rest, post, headcount });
    }
  }
  return given;
}
