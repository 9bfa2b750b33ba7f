import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { restingFrames, type Frames } from "@/map/frames";

const SECOND_MS = 1_000;

/** A loop as deck.gl's: each frame asks for the next. Returns how often it has looked. */
function loop({ provider }: Frames, drawn?: () => void): () => number {
  let count = 0;
  const look = (): void => {
    count += 1;
    drawn?.();
    provider.requestAnimationFrame(look);
  };
  provider.requestAnimationFrame(look);
  return () => count;
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

it("looks a few times a second while nothing is drawn", () => {
  const looked = loop(restingFrames());
  vi.advanceTimersByTime(10 * SECOND_MS);
  expect(looked()).toBeGreaterThan(10);
  expect(looked()).toBeLessThan(60);
});

it("looks in the next frame when it is woken, and in each while something moves", () => {
  const frames = restingFrames();
  let moves = true;
  const looked = loop(frames, () => { if (moves) frames.wake(); });
  vi.advanceTimersByTime(10);
  expect(looked()).toBe(0);
  frames.wake();
  frames.wake();
  vi.advanceTimersByTime(20);
  expect(looked()).toBe(1);
  vi.advanceTimersByTime(3 * SECOND_MS);
  expect(looked()).toBeGreaterThan(150);
  expect(looked()).toBeLessThan(200);
  moves = false;
  vi.advanceTimersByTime(SECOND_MS);
  const before = looked();
  vi.advanceTimersByTime(SECOND_MS);
  expect(looked() - before).toBeLessThan(6);
});

it("asks for no frame once it was told to stop", () => {
  const frames = restingFrames();
  const looked = loop(frames);
  frames.provider.cancelAnimationFrame(1);
  frames.wake();
  vi.advanceTimersByTime(SECOND_MS);
  frames.wake();
  expect(looked()).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
