/** Shifts of a rota given to posts: the rota says how many work when, a file says at which post; pure. */

/** When how many take their break. */
export interface Pause { at: string; people: number }

/** People who start and end together. */
export interface Stretch { from: string; to: string; people: number; breaks: readonly Pause[] }

/** Those of a stretch who stand at one post, with their own breaks. */
export interface Piece { post: string; from: string; to: string; headcount: number; breaks: readonly Pause[] }

function overlap(one: { from: string; to: string }, other: { from: string; to: string }): number {
  return Math.max(0, Math.min(Date.parse(one.to), Date.parse(other.to)) - Math.max(Date.parse(one.from), Date.parse(other.from)));
}

/** Times as a list of how many take their break at each. */
function counted(times: readonly string[]): Pause[] {
  return [...new Set(times)].sort().map((at) => ({ at, people: times.filter((one) => one === at).length }));
}

/**
 * Everybody of every stretch gets a post, one person after the other: the post with the fewest people in that time, the first
 * of equals. Breaks go round in the same order, so that those who leave together leave different posts.
 */
export function spreadShifts(posts: readonly string[], shifts: readonly Stretch[]): Piece[] {
  const given: Piece[] = [];
  if (posts.length === 0) return given;
  const inOrder = [...shifts].sort((a, b) => Date.parse(a.from) - Date.parse(b.from) || Date.parse(b.to) - Date.parse(a.to));
  for (const shift of inOrder) {
    const load = new Map(posts.map((post) => [post, given.filter((one) => one.post === post).reduce((sum, one) => sum + one.headcount * overlap(one, shift), 0)]));
    const persons: string[] = [];
    for (let n = 0; n < shift.people; n += 1) {
      const post = posts.reduce((best, each) => ((load.get(each) ?? 0) < (load.get(best) ?? 0) ? each : best));
      load.set(post, (load.get(post) ?? 0) + overlap(shift, shift));
      persons.push(post);
    }
    const pauses = shift.breaks.flatMap((one) => Array.from({ length: one.people }, () => one.at));
    for (const post of posts) {
      const headcount = persons.filter((one) => one === post).length;
      const own = pauses.filter((_, i) => persons[i % persons.length] === post);
      if (headcount > 0) given.push({ post, from: shift.from, to: shift.to, headcount, breaks: counted(own) });
    }
  }
  return given;
}
