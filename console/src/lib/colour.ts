/** Colours that mean something: sequential ramps for counts, five severities, themes. */

export type Rgb = readonly [number, number, number];
export type Rgba = [number, number, number, number];

/** Viridis at eight steps (Smith and van der Walt, 2015). */
export const VIRIDIS: readonly Rgb[] = [
  [68, 1, 84], [70, 50, 127], [54, 92, 141], [39, 127, 142], [31, 161, 135], [74, 194, 109], [159, 218, 58], [253, 231, 37],
];

/** Cividis at eight steps (Nuñez, Anderton and Renslow, 2018): the same to colour-blind eyes. */
export const CIVIDIS: readonly Rgb[] = [
  [0, 34, 78], [25, 53, 109], [62, 75, 107], [95, 97, 110], [126, 120, 119], [161, 145, 116], [203, 176, 95], [254, 232, 56],
];

/** A ramp read at `t` in 0..1, linear between its steps. */
export function ramp(colours: readonly Rgb[], t: number): Rgb {
  const at = Math.min(1, Math.max(0, t)) * (colours.length - 1);
  const low = Math.floor(at);
  const a = colours[low] ?? [0, 0, 0];
  const b = colours[Math.min(low + 1, colours.length - 1)] ?? a;
  const share = at - low;
  return [0, 1, 2].map((i) => Math.round((a[i] ?? 0) + ((b[i] ?? 0) - (a[i] ?? 0)) * share)) as unknown as Rgb;
}

/** On a light ground more must be darker, on a dark ground brighter. */
export function rampFor(dark: boolean): readonly Rgb[] {
  return dark ? CIVIDIS : [...VIRIDIS].reverse();
}

/** Lower bounds of classes for counts: powers between 1 and the maximum, so that 3 and 3,000 both show. */
export function countClasses(max: number, classes = 6): number[] {
  if (max <= 1) return [1];
  const wanted = Math.min(classes, Math.max(2, Math.ceil(Math.log2(max)) + 1));
  const bounds: number[] = [];
  for (let i = 0; i < wanted; i += 1) {
    // The last class begins well below the maximum, so that it is not a class of one.
    const rounded = niceNear(Math.max(1, Math.pow(max, i / wanted)));
    if (rounded > (bounds[bounds.length - 1] ?? 0) && rounded <= max) bounds.push(rounded);
  }
  return bounds;
}

/** The nearest value of one or one and a half significant digits: 1 1.5 2 3 4 5 7 times a power of ten. */
function niceNear(value: number): number {
  if (value < 10) return Math.round(value);
  const power = Math.pow(10, Math.floor(Math.log10(value)));
  const steps = [1, 1.5, 2, 3, 4, 5, 7, 10];
  const nearest = steps.reduce((best, step) => (Math.abs(step * power - value) < Math.abs(best * power - value) ? step : best), 1);
  return Math.round(nearest * power);
}

/** Which class a count falls in. */
export function classOf(n: number, bounds: readonly number[]): number {
  let found = 0;
  bounds.forEach((bound, i) => {
    if (n >= bound) found = i;
  });
  return found;
}

/** The colour of a class among so many. */
export function classColour(index: number, count: number, dark: boolean): Rgb {
  const t = count <= 1 ? 0.6 : 0.08 + (0.92 * index) / (count - 1);
  return ramp(rampFor(dark), t);
}

/** Severity 1 to 5 after Okabe and Ito (2008): apart for every kind of colour vision. */
export const SEVERITY: readonly Rgb[] = [
  [122, 134, 147], [58, 148, 206], [224, 154, 0], [205, 88, 0], [168, 18, 88],
];

export const SEVERITY_SHAPES = ["circle", "square", "triangle", "diamond", "star"] as const;
export type SeverityShape = (typeof SEVERITY_SHAPES)[number];

/** 1 to 5, whatever came. */
export function severityLevel(severity: number | null | undefined): number {
  return Math.min(5, Math.max(1, Math.round(severity ?? 1)));
}

export function severityColour(severity: number | null | undefined): Rgb {
  return SEVERITY[severityLevel(severity) - 1] ?? [122, 134, 147];
}

export function severityShape(severity: number | null | undefined): SeverityShape {
  return SEVERITY_SHAPES[severityLevel(severity) - 1] ?? "circle";
}

export function css(colour: Rgb): string {
  return `rgb(${colour[0]} ${colour[1]} ${colour[2]})`;
}

/** Corner points of a severity shape in a box of side 2 around the origin; null is a disc. */
export function shapePoints(shape: SeverityShape): [number, number][] | null {
  switch (shape) {
    case "circle":
      return null;
    case "square":
      return [[-0.82, -0.82], [0.82, -0.82], [0.82, 0.82], [-0.82, 0.82]];
    case "triangle":
      return [[0, -0.98], [0.98, 0.78], [-0.98, 0.78]];
    case "diamond":
      return [[0, -1], [1, 0], [0, 1], [-1, 0]];
    case "star":
      return Array.from({ length: 10 }, (_, i) => {
        const radius = i % 2 === 0 ? 1 : 0.5;
        const angle = (Math.PI * i) / 5 - Math.PI / 2;
        return [radius * Math.cos(angle), radius * Math.sin(angle)] as [number, number];
      });
  }
}
