/** How much larger than on a desk everything is drawn: a wall is read from five metres. */

const DESK_PX = 16;

/** The page's own scale, from the type size that the tokens choose for this screen. */
export function uiScale(): number {
  const size = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return Number.isFinite(size) && size > 0 ? size / DESK_PX : 1;
}

/** The zoom at which a desk would show as much ground per centimetre of type: what the server is asked for. */
export function deskZoom(zoom: number, scale: number): number {
  return zoom - Math.log2(scale);
}
