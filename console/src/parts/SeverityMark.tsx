/** A severity as shape and colour; its word stands beside it or in its title. */
import { css, severityColour, severityLevel, severityShape, shapePoints } from "@/lib/colour";

export function SeverityMark({ severity, size = 14 }: { severity: number | null | undefined; size?: number }) {
  const points = shapePoints(severityShape(severity));
  const fill = css(severityColour(severity));
  return (
    <svg aria-hidden="true" width={`${size / 16}rem`} height={`${size / 16}rem`} viewBox="-1.2 -1.2 2.4 2.4" data-severity={severityLevel(severity)}>
      {points ? <polygon points={points.map((p) => p.join(",")).join(" ")} fill={fill} /> : <circle r="0.85" fill={fill} />}
    </svg>
  );
}
