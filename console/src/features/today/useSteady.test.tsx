import { act, renderHook } from "@testing-library/react";
import type { PointerEvent } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useSteady } from "@/features/today/useSteady";

const moved = (pointerType: string, timeStamp: number, movementX = 1): PointerEvent => ({ pointerType, timeStamp, movementX, movementY: 0 }) as PointerEvent;

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe("a list that somebody aims at", () => {
  it("stands still until the mouse has rested, then shows what has arrived", () => {
    const { result, rerender } = renderHook(({ rows }) => useSteady(rows), { initialProps: { rows: ["b"] } });
    act(() => { result.current.aim.onPointerMove(moved("mouse", 1)); });
    rerender({ rows: ["a", "b"] });
    expect(result.current.rows).toEqual(["b"]);
    act(() => { vi.advanceTimersByTime(1_500); result.current.aim.onPointerMove(moved("mouse", 1_501)); });
    act(() => { vi.advanceTimersByTime(1_500); });
    expect(result.current.rows).toEqual(["b"]);
    act(() => { vi.advanceTimersByTime(600); });
    expect(result.current.rows).toEqual(["a", "b"]);
  });

  it("moves on when the mouse goes, beneath one at rest, and for a finger", () => {
    const { result, rerender } = renderHook(({ rows }) => useSteady(rows), { initialProps: { rows: ["b"] } });
    act(() => { result.current.aim.onPointerMove(moved("mouse", 1)); });
    rerender({ rows: ["a", "b"] });
    act(() => { result.current.aim.onPointerLeave(); });
    expect(result.current.rows).toEqual(["a", "b"]);
    act(() => { result.current.aim.onPointerMove(moved("touch", 2)); result.current.aim.onPointerMove(moved("mouse", 3, 0)); });
    rerender({ rows: ["c"] });
    expect(result.current.rows).toEqual(["c"]);
  });
});
