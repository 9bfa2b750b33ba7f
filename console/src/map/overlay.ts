/** The data's overlay, and looking for what is under the pointer only when that is worth its price. */
import { MapLibreOverlay } from "@deck.gl/maplibre";
import type { DeckInfo } from "@/map/picking";

/** How long the pointer must rest before one looks. */
const REST_MS = 70;
const RADIUS_PX = 4;
/** How many things that lie on one another a click looks for. */
const DEPTH = 12;

interface PointEvent { point: { x: number; y: number }; originalEvent?: { buttons?: number; detail?: number } }
interface PointerMap {
  on: (type: "mousemove" | "mouseout" | "click" | "movestart", listener: (event: PointEvent) => void) => unknown;
  off: (type: "mousemove" | "mouseout" | "click" | "movestart", listener: (event: PointEvent) => void) => unknown;
  isMoving: () => boolean;
}
export interface Picker {
  pickObject: (options: { x: number; y: number; radius: number }) => unknown;
  pickMultipleObjects: (options: { x: number; y: number; radius: number; depth: number }) => unknown[];
}
interface Inner { _handleMouseEvent: (event: unknown) => void }

/**
 * deck.gl reads pixels back on every move and press of the pointer, each time waiting for the graphics
 * card, even in the middle of a drag. It is given no pointer events; `watchPointer` asks it instead.
 */
export function makeOverlay(): MapLibreOverlay {
  const overlay = new MapLibreOverlay({ interleaved: true, layers: [] });
  (overlay as unknown as Inner)._handleMouseEvent = () => undefined;
  return overlay;
}

/** Tell what the pointer rests on (or nothing), and all that it clicks, from the top. Returns how to stop. */
export function watchPointer(map: PointerMap, picker: Picker, hover: (info: DeckInfo | null) => void, click: (infos: DeckInfo[]) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const look = ({ x, y }: { x: number; y: number }): DeckInfo | null => {
    const info = picker.pickObject({ x, y, radius: RADIUS_PX }) as DeckInfo | null;
    return info ? { ...info, x, y } : null;
  };
  const stop = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const move = (event: PointEvent): void => {
    stop();
    if (map.isMoving() || event.originalEvent?.buttons) return;
    const point = { ...event.point };
    timer = setTimeout(() => { if (!map.isMoving()) hover(look(point)); }, REST_MS);
  };
  const leave = (): void => {
    stop();
    hover(null);
  };
  const press = (event: PointEvent): void => {
    if ((event.originalEvent?.detail ?? 1) > 1) return; // the second half of a double click, which the map zooms by
    const { x, y } = event.point;
    const found = picker.pickMultipleObjects({ x, y, radius: RADIUS_PX, depth: DEPTH }) as DeckInfo[];
    if (found.length > 0) click(found.map((info) => ({ ...info, x, y })));
  };
  map.on("mousemove", move);
  map.on("mouseout", leave);
  map.on("movestart", leave);
  map.on("click", press);
  return () => {
    stop();
    map.off("mousemove", move);
    map.off("mouseout", leave);
    map.off("movestart", leave);
    map.off("click", press);
  };
}
