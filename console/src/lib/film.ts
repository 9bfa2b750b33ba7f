/** Film and its clock: which second of a camera's film is which instant, and one clock that every tile follows. */
import type { Range } from "@/lib/time";

/** A stretch of film: instants in epoch ms, its place in the film in seconds. */
export interface Piece { from: number; to: number; media: number }

/** What a player knows of a segment. */
export interface Told { programDateTime: number | null; start: number; duration: number }

export function piecesOf(segments: readonly Told[]): Piece[] {
  return segments.flatMap((one) => (one.programDateTime === null || !(one.duration > 0) ? [] : [{ from: one.programDateTime, to: one.programDateTime + one.duration * 1000, media: one.start }]));
}

/** Holes shorter than this are none: the stamps of neighbours never agree to the millisecond. */
export const JOINED_MS = 1000;

/** The last piece that begins no later than an instant, or -1. */
function before(pieces: readonly Piece[], instant: number): number {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.from ?? Infinity) <= instant) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Where in the film an instant stands, seconds; null where nothing was recorded. */
export function mediaAt(pieces: readonly Piece[], instant: number): number | null {
  const at = before(pieces, instant);
  const piece = pieces[at];
  if (!piece) return null;
  if (instant < piece.to) return piece.media + (instant - piece.from) / 1000;
  const next = pieces[at + 1];
  return next && next.from - piece.to < JOINED_MS ? next.media : null;
}

/** Which instant a second of the film shows; null outside it. */
export function instantAt(pieces: readonly Piece[], media: number): number | null {
  const piece = pieces.findLast((one) => one.media <= media + 1e-6);
  if (!piece) return null;
  const instant = piece.from + (media - piece.media) * 1000;
  return instant < piece.to + JOINED_MS ? instant : null;
}

/** The first instant of film at or after an instant, over several cameras; null when there is none. */
export function nextFilm(films: readonly (readonly Piece[])[], instant: number): number | null {
  const starts = films.flatMap((pieces) => {
    if (mediaAt(pieces, instant) !== null) return [instant];
    const next = pieces[before(pieces, instant) + 1];
    return next ? [next.from] : [];
  });
  return starts.length > 0 ? Math.min(...starts) : null;
}

/** How far a tile may be off before it is put right at once, seconds; below, its pace is bent. */
export const JUMP_S = 0.6;
const CLOSE_S = 0.08;
const BEND = 0.08;

/** What a tile does to follow: jump, or play a little faster or slower. */
export function follow(drift: number, rate: number): { jump: boolean; rate: number } {
  if (Math.abs(drift) > JUMP_S * Math.max(1, rate)) return { jump: true, rate };
  if (Math.abs(drift) < CLOSE_S) return { jump: false, rate };
  return { jump: false, rate: rate * (1 + (drift > 0 ? BEND : -BEND)) };
}

export interface Instant { instant: number; playing: boolean; rate: number; held: boolean }

/** How long the clock waits for a tile that has film and does not show it yet. */
export const PATIENCE_MS = 4000;

/**
 * One clock for a wall of tiles. It runs while it plays, stands while a tile loads (not for ever), never leaves
 * its bounds, and tells whoever listens. Time is given to it: it asks no system.
 */
export class FilmClock {
  private state: Instant;
  private last: number | null = null;
  private heldFor = 0;
  private readonly loading = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private limits: Range;

  constructor(bounds: Range, at: number, playing: boolean) {
    this.limits = bounds;
    this.state = { instant: this.within(at), playing, rate: 1, held: false };
  }

  get bounds(): Range { return this.limits; }

  read = (): Instant => this.state;

  listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  };

  /** Live: the end moves with the present. */
  reach(to: number): void { this.limits = { from: this.limits.from, to }; }

  seek(at: number): void {
    this.heldFor = 0;
    this.set({ instant: this.within(at) });
  }

  play(playing: boolean): void {
    const ended = playing && this.state.instant >= this.limits.to;
    this.set({ playing, ...(ended ? { instant: this.limits.from } : {}) });
  }

  pace(rate: number): void { this.set({ rate }); }

  /** A tile says whether it has film at the clock's instant that it cannot show yet. */
  waits(tile: string, waiting: boolean): void {
    if (waiting) this.loading.add(tile);
    else this.loading.delete(tile);
    if (this.loading.size === 0) this.heldFor = 0;
  }

  /** Go on to a moment, milliseconds of any steady count. */
  tick(at: number): void {
    const passed = this.last === null ? 0 : Math.max(0, at - this.last);
    this.last = at;
    if (!this.state.playing) return;
    const held = this.loading.size > 0 && this.heldFor < PATIENCE_MS;
    if (held) {
      this.heldFor += passed;
      this.set({ held });
      return;
    }
    const instant = this.within(this.state.instant + passed * this.state.rate);
    this.set({ instant, held, ...(instant >= this.limits.to ? { playing: false } : {}) });
  }

  private within(at: number): number { return Math.min(this.limits.to, Math.max(this.limits.from, at)); }

  private set(change: Partial<Instant>): void {
    this.state = { ...this.state, ...change };
    this.listeners.forEach((tell) => { tell(); });
  }
}

/** The order of tiles on a wall: so many columns for so many tiles, wide rather than tall. */
export function columnsFor(tiles: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(tiles)));
}
