/** A disc on the ground, or the part of one that a camera covers on paper: walls and trees are not known. */
import type { Polygon } from "geojson";

const EARTH_M = 6_371_008.8;
const STEP_DEG = 6;
const FULL_TURN = 360;

export interface Sector { lon: number; lat: number; azimuthDeg: number | null; openingDeg: number | null; rangeM: number }

/** A pie slice, or a whole disc where the camera turns or its azimuth is not told. */
export function sectorShape({ lon, lat, azimuthDeg, openingDeg, rangeM }: Sector): Polygon {
  const whole = azimuthDeg === null || openingDeg === null || openingDeg >= FULL_TURN;
  const opening = whole ? FULL_TURN : openingDeg;
  const start = whole ? 0 : azimuthDeg - opening / 2;
  const steps = Math.max(2, Math.ceil(opening / STEP_DEG));
  const north = (rangeM / EARTH_M) * (180 / Math.PI);
  const east = north / Math.cos((lat * Math.PI) / 180);
  const rim = Array.from({ length: steps + 1 }, (_, i) => {
    const turn = ((start + (opening * i) / steps) * Math.PI) / 180;
    return [lon + east * Math.sin(turn), lat + north * Math.cos(turn)];
  });
  // A disc ends where it begins, to the last bit.
  const ring = whole ? [...rim.slice(0, -1), ...rim.slice(0, 1)] : [[lon, lat], ...rim, [lon, lat]];
  return { type: "Polygon", coordinates: [ring] };
}
