/** The data's overlay, and looking for what is under the pointer only when that is worth its price. */
import { MapLibreOverlay, type MapLibreOverlayProps } from "@deck.gl/maplibre";
import { restingFrames } from "@/map/frames";
import type { DeckInfo } from "@/map/picking";

/** How long the pointer must rest before one looks. */
const REST_MS = 70;
const RADIUS_PX = 4;
/** How many things that lie on one another a click looks for. */
const DEPTH = 12;

/** A place on the screen and on the ground. */
export interface Spot { x: number; y: number; lon: number; lat: number }

interface PointEvent { point: { x: number; y: number }; lngLat: { lng: number; lat: number }; originalEvent?: { buttons?: number; detail?: number } }
type Name = "mousemove" | "mouseout" | "click" | "contextmenu" | "movestart";
interface PointerMap {
  on: (type: Name, listener: (event: PointEvent) => void) => unknown;
  off: (type: Name, listener: (event: PointEvent) => void) => unknown;
  isMoving: () => boolean;
}
export interface Picker {
  pickObject: (options: { x: number; y: number; radius: number }) => unknown;
  pickMultipleObjects: (options: { x: number; y: number; radius: number; depth: number }) => unknown[];
}
interface Inner { _handleMouseEvent: (event: unknown) => void }

/** deck.gl over the map, asleep while nothing is to be drawn. */
class RestingOverlay extends MapLibreOverlay {
  private readonly frames = restingFrames();

  constructor() {
    super({ interleaved: true, layers: [] });
    super.setProps({ animationFrameProvider: this.frames.provider } as MapLibreOverlayProps);
  }

  override setProps(props: MapLibreOverlayProps): void {
    super.setProps(props);
    this.frames.wake();
  }

  override onAdd(map: Parameters<MapLibreOverlay["onAdd"]>[0]): HTMLDivElement {
    map.on("render", this.frames.wake);
    return super.onAdd(map);
  }

  override onRemove(map: Parameters<MapLibreOverlay["onRemove"]>[0]): void {
    map.off("render", this.frames.wake);
    super.onRemove(map);
  }
}

/**
 * deck.gl reads pixels back on every move and press of the pointer, each time waiting for the graphics
 * card, even in the middle of a drag. It is given no pointer events; `watchPointer` asks it instead.
 */
export function makeOverlay(): MapLibreOverlay {
  const overlay = new RestingOverlay();
  (overlay as unknown as Inner)._handleMouseEvent = () => undefined;
  return overlay;
}

const spotOf = ({ point, lngLat }: PointEvent): Spot => ({ x: point.x, y: point.y, lon: lngLat.lng, lat: lngLat.lat });

export interface Told {
  /** What the pointer rests on, or nothing. */
  hover: (info: DeckInfo | null) => void;
  /** All that is clicked, from the top; none on empty ground. */
  click: (infos: DeckInfo[], spot: Spot) => void;
  /** The other button, or a long press. */
  menu: (spot: Spot) => void;
  /** The map begins to move. */
  moved: () => void;
}

/** Tell what the pointer rests on, clicks and asks about. Returns how to stop. */
export function watchPointer(map: PointerMap, picker: Picker, { hover, click, menu, moved }: Told): () => void {
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
    click(found.map((info) => ({ ...info, x, y })), spotOf(event));
  };
  const ask = (event: PointEvent): void => { menu(spotOf(event)); };
  const start = (): void => {
    leave();
    moved();
  };
  map.on("mousemove", move);
  map.on("mouseout", leave);
  map.on("movestart", start);
  map.on("click", press);
  map.on("contextmenu", ask);
  return () => {
    stop();
    map.off("mousemove", move);
    map.off("mouseout", leave);
    map.off("movestart", start);
    map.off("click", press);
    map.off("contextmenu", ask);
  };
}
