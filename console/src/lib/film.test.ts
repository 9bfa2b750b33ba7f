import { describe, expect, it } from "vitest";
import { columnsFor, FilmClock, follow, instantAt, mediaAt, nextFilm, PATIENCE_MS, piecesOf } from "@/lib/film";

const T = Date.parse("2026-03-30T08:00:00Z");
/** Two segments of four seconds, a hole of a minute, one more; the film itself has no hole. */
const pieces = piecesOf([
  { programDateTime: T, start: 0, duration: 4 },
  { programDateTime: T + 4002, start: 4, duration: 4 },
  { programDateTime: T + 68_000, start: 8, duration: 4 },
  { programDateTime: null, start: 12, duration: 4 },
]);

describe("film", () => {
  it("finds the second of an instant on both sides of a hole", () => {
    expect(mediaAt(pieces, T - 1)).toBeNull();
    expect(mediaAt(pieces, T + 2500)).toBe(2.5);
    expect(mediaAt(pieces, T + 4001)).toBe(4);
    expect(mediaAt(pieces, T + 6002)).toBe(6);
    expect(mediaAt(pieces, T + 30_000)).toBeNull();
    expect(mediaAt(pieces, T + 69_000)).toBe(9);
    expect(mediaAt(pieces, T + 72_000)).toBeNull();
  });

  it("tells the instant of a second, and both agree", () => {
    for (const media of [0, 1.25, 3.5, 5, 7.75, 8, 11.5]) {
      const instant = instantAt(pieces, media);
      expect(instant).not.toBeNull();
      expect(mediaAt(pieces, instant ?? 0)).toBeCloseTo(media, 6);
    }
    expect(instantAt(pieces, 14)).toBeNull();
    expect(instantAt([], 0)).toBeNull();
  });

  it("finds the next film over several cameras", () => {
    const other = piecesOf([{ programDateTime: T + 20_000, start: 0, duration: 4 }]);
    expect(nextFilm([pieces], T + 1000)).toBe(T + 1000);
    expect(nextFilm([pieces], T + 10_000)).toBe(T + 68_000);
    expect(nextFilm([pieces, other], T + 10_000)).toBe(T + 20_000);
    expect(nextFilm([pieces, other], T + 100_000)).toBeNull();
  });

  it("bends the pace of a tile that is a little off and moves one that is far off", () => {
    expect(follow(0.02, 1)).toEqual({ jump: false, rate: 1 });
    expect(follow(0.3, 1).rate).toBeGreaterThan(1);
    expect(follow(-0.3, 2).rate).toBeLessThan(2);
    expect(follow(-2, 1).jump).toBe(true);
    expect(follow(1, 4).jump).toBe(false);
  });
});

describe("the clock of a wall", () => {
  const bounds = { from: T, to: T + 60_000 };

  it("runs at its pace while it plays, and stands while it does not", () => {
    const clock = new FilmClock(bounds, T + 1000, false);
    clock.tick(0);
    clock.tick(5000);
    expect(clock.read().instant).toBe(T + 1000);
    clock.play(true);
    clock.tick(6000);
    expect(clock.read().instant).toBe(T + 2000);
    clock.pace(4);
    clock.tick(7000);
    expect(clock.read().instant).toBe(T + 6000);
  });

  it("stays within its bounds, stops at the end and begins anew", () => {
    const clock = new FilmClock(bounds, T - 9, true);
    expect(clock.read().instant).toBe(T);
    clock.seek(T + 59_000);
    clock.tick(0);
    clock.tick(3000);
    expect(clock.read()).toMatchObject({ instant: T + 60_000, playing: false });
    clock.play(true);
    expect(clock.read()).toMatchObject({ instant: T, playing: true });
  });

  it("waits for a tile that loads, but not for ever", () => {
    const clock = new FilmClock(bounds, T, true);
    clock.tick(0);
    clock.waits("a", true);
    clock.tick(1000);
    expect(clock.read()).toMatchObject({ instant: T, held: true });
    clock.waits("a", false);
    clock.tick(2000);
    expect(clock.read()).toMatchObject({ instant: T + 1000, held: false });
    clock.waits("a", true);
    clock.tick(2000 + PATIENCE_MS);
    clock.tick(3000 + PATIENCE_MS);
    expect(clock.read().instant).toBe(T + 2000);
  });

  it("tells whoever listens, until they do not", () => {
    const clock = new FilmClock(bounds, T, false);
    let told = 0;
    const stop = clock.listen(() => { told += 1; });
    clock.seek(T + 5000);
    stop();
    clock.seek(T + 6000);
    expect(told).toBe(1);
  });

  it("follows the present when it is live", () => {
    const clock = new FilmClock(bounds, T + 60_000, true);
    clock.reach(T + 70_000);
    clock.tick(0);
    clock.tick(5000);
    expect(clock.read()).toMatchObject({ instant: T + 65_000, playing: true });
  });
});

describe("tiles", () => {
  it("make a wall that is wide rather than tall", () => {
    expect([0, 1, 2, 4, 5, 9, 10, 16].map(columnsFor)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  });
});
