/** Pointer and drawing: a click on the map adds a corner, a corner is dragged to another place. */
import { cornerAt, readSession, withCorner, withMoved, type Corner } from "@/map/drawing";

const GRIP_PX = 12;

interface Point { x: number; y: number }
interface MapEvent { point: Point; lngLat: { lng: number; lat: number }; preventDefault: () => void }
type Name = "mousedown" | "mousemove" | "mouseup" | "click" | "touchstart" | "touchmove" | "touchend";
export interface DrawingMap {
  on: (type: Name, listener: (event: MapEvent) => void) => unknown;
  off: (type: Name, listener: (event: MapEvent) => void) => unknown;
  project: (at: Corner) => Point;
  dragPan: { enable: () => void; disable: () => void };
  doubleClickZoom: { enable: () => void; disable: () => void };
  getCanvas: () => { style: { cursor: string } };
}

/** Which corner stands under the pointer; -1 for none. */
export function cornerUnder(corners: readonly Corner[], point: Point, project: (at: Corner) => Point): number {
  let best = -1;
  let least = GRIP_PX ** 2;
  corners.forEach((corner, i) => {
    const at = project(corner);
    const apart = (at.x - point.x) ** 2 + (at.y - point.y) ** 2;
    if (apart <= least) {
      best = i;
      least = apart;
    }
  });
  return best;
}

/** Let the pointer draw for as long as a drawing is in progress. Returns how to stop. */
export function drawByPointer(map: DrawingMap): () => void {
  let held = -1;
  /** The click that ends a drag puts no corner. */
  let dragged = false;
  const grip = (event: MapEvent): void => {
    dragged = false;
    const session = readSession();
    held = session ? cornerUnder(session.drawn.corners, event.point, (at) => map.project(at)) : -1;
    if (held >= 0) {
      event.preventDefault();
      map.dragPan.disable();
    }
  };
  const move = (event: MapEvent): void => {
    const session = readSession();
    if (!session) return;
    if (held < 0) {
      map.getCanvas().style.cursor = cornerUnder(session.drawn.corners, event.point, (at) => map.project(at)) >= 0 ? "grab" : "crosshair";
      return;
    }
    dragged = true;
    session.change(withMoved(session.drawn, held, cornerAt(event.lngLat.lng, event.lngLat.lat)));
  };
  const release = (): void => {
    if (held >= 0) map.dragPan.enable();
    held = -1;
  };
  const press = (event: MapEvent): void => {
    const session = readSession();
    if (!session || dragged) return;
    if (cornerUnder(session.drawn.corners, event.point, (at) => map.project(at)) >= 0) return;
    session.change(withCorner(session.drawn, cornerAt(event.lngLat.lng, event.lngLat.lat)));
  };
  const pairs: [Name, (event: MapEvent) => void][] = [
    ["mousedown", grip], ["mousemove", move], ["mouseup", release], ["click", press], ["touchstart", grip], ["touchmove", move], ["touchend", release],
  ];
  map.doubleClickZoom.disable();
  map.getCanvas().style.cursor = "crosshair";
  for (const [name, listener] of pairs) map.on(name, listener);
  return () => {
    release();
    map.doubleClickZoom.enable();
    map.getCanvas().style.cursor = "";
    for (const [name, listener] of pairs) map.off(name, listener);
  };
}
