/** The room that panels leave of the map: what is shown must be seen, beside a panel as above a phone's sheet. */

export interface Room { top: number; right: number; bottom: number; left: number }

/** Edges of something on the screen, px. */
export interface Edges { top: number; right: number; bottom: number; left: number }

/** Room kept free along the edges, px: the toolbar above, legend and buttons below. */
const FREE: Room = { top: 56, right: 24, bottom: 72, left: 24 };

/** Of the map that stays free at least, whatever covers it. */
const LEAST = 0.2;

/** What covers more than this of the map's width is a sheet at its foot; less stands at its side. */
const SHEET = 0.7;

/**
 * The margins within which something fits beside what covers the map.
 *
 * A cover over the whole map (a table, a wide panel) leaves nothing to see and asks for no margin.
 */
export function roomBeside(map: Edges, covers: readonly Edges[]): Room {
  const width = map.right - map.left;
  const height = map.bottom - map.top;
  const room = { ...FREE };
  for (const one of covers) {
    const across = Math.min(one.right, map.right) - Math.max(one.left, map.left);
    const along = Math.min(one.bottom, map.bottom) - Math.max(one.top, map.top);
    if (across <= 0 || along <= 0) continue;
    if (across > SHEET * width) {
      if (along < (1 - LEAST) * height) room.bottom = Math.max(room.bottom, map.bottom - one.top + FREE.right);
    } else if (one.left - map.left <= map.right - one.right) {
      room.left = Math.max(room.left, one.right - map.left + FREE.left);
    } else {
      room.right = Math.max(room.right, map.right - one.left + FREE.right);
    }
  }
  const across = Math.min(1, ((1 - LEAST) * width) / (room.left + room.right));
  const along = Math.min(1, ((1 - LEAST) * height) / (room.top + room.bottom));
  return { top: room.top * along, right: room.right * across, bottom: room.bottom * along, left: room.left * across };
}

/** How far from the map's middle the middle of the room lies, px right and down. */
export function middleOf(room: Room): [number, number] {
  return [(room.left - room.right) / 2, (room.top - room.bottom) / 2];
}
