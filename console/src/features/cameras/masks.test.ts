import { describe, expect, it } from "vitest";
import { moved, rectangle, stepOf, withCorner, withMoreCorners, withoutCorner } from "@/features/cameras/masks";

describe("masks on a picture", () => {
  const box = rectangle(0.9, 0.6, 0.5, 0.2);

  it("is a rectangle whichever corner is dragged first", () => {
    expect(box).toEqual([[0.5, 0.2], [0.9, 0.2], [0.9, 0.6], [0.5, 0.6]]);
  });

  it("moves whole and stops at the edge with its shape", () => {
    expect(moved(box, 0.5, -0.05)).toEqual([[0.6, 0.15], [1, 0.15], [1, 0.55], [0.6, 0.55]]);
    expect(moved(box, 0, -9)).toEqual([[0.5, 0], [0.9, 0], [0.9, 0.4], [0.5, 0.4]]);
  });

  it("keeps a corner on the picture, and three corners at least", () => {
    expect(withCorner(box, 0, -1, 0.3)[0]).toEqual([0, 0.3]);
    const triangle = withoutCorner(box, 3);
    expect(triangle).toHaveLength(3);
    expect(withoutCorner(triangle, 0)).toBe(triangle);
  });

  it("gets a corner in the middle of its longest side", () => {
    expect(withMoreCorners([[0, 0], [1, 0], [1, 0.1]])).toEqual([[0, 0], [1, 0], [1, 0.1], [0.5, 0.05]]);
  });

  it("moves by arrows, further with shift", () => {
    expect(stepOf("ArrowUp", false)).toEqual([0, -0.005]);
    expect(stepOf("ArrowRight", true)).toEqual([0.05, 0]);
    expect(stepOf("Enter", false)).toBeNull();
  });
});
