import { describe, expect, it } from "vitest";
import { sectorShape } from "@/lib/sector";

const AT = { lon: 5.37, lat: 43.3 };
const METRES_PER_DEGREE = 111_195;

function metres([lon, lat]: number[]): [number, number] {
  return [((lon ?? 0) - AT.lon) * METRES_PER_DEGREE * Math.cos((AT.lat * Math.PI) / 180), ((lat ?? 0) - AT.lat) * METRES_PER_DEGREE];
}

describe("the ground a camera covers", () => {
  it("is a slice from the camera, open towards its azimuth, closed", () => {
    const [ring] = sectorShape({ ...AT, azimuthDeg: 90, openingDeg: 60, rangeM: 100 }).coordinates;
    const points = (ring ?? []).map(metres);
    expect(points[0]).toEqual([0, 0]);
    expect(ring?.at(-1)).toEqual(ring?.[0]);
    const rim = points.slice(1, -1);
    for (const [x, y] of rim) expect(Math.hypot(x, y)).toBeCloseTo(100, 0);
    const turns = rim.map(([x, y]) => (Math.atan2(x, y) * 180) / Math.PI);
    expect(Math.min(...turns)).toBeCloseTo(60, 1);
    expect(Math.max(...turns)).toBeCloseTo(120, 1);
  });

  it("is a whole disc where the azimuth is not told or the camera turns", () => {
    for (const told of [{ azimuthDeg: null, openingDeg: 60 }, { azimuthDeg: 10, openingDeg: 360 }]) {
      const [ring] = sectorShape({ ...AT, ...told, rangeM: 50 }).coordinates;
      expect(Math.max(...(ring ?? []).map((one) => metres(one)[0]))).toBeCloseTo(50, 0);
      expect(Math.min(...(ring ?? []).map((one) => metres(one)[0]))).toBeCloseTo(-50, 0);
      expect(ring?.at(-1)?.[0]).toBeCloseTo(ring?.[0]?.[0] ?? 0, 9);
    }
  });
});
