/** WKT lines read back; anything else is no line. */
import { describe, expect, it } from "vitest";
import { lineOf } from "@/lib/courses";

describe("lineOf", () => {
  it("reads a line", () => {
    expect(lineOf("LINESTRING (5.37 43.3, 5.38 43.31)")).toEqual({ type: "LineString", coordinates: [[5.37, 43.3], [5.38, 43.31]] });
  });

  it("takes nothing else for one", () => {
    for (const other of [null, 7, "", "POINT (5 43)", "LINESTRING (5 43)", "LINESTRING (a b, c d)"]) expect(lineOf(other)).toBeNull();
  });
});
