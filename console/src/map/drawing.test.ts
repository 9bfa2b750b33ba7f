import { afterEach, describe, expect, it, vi } from "vitest";
import { cornerAt, crosses, draw, fromGeometry, readCorner, readSession, toGeometry, withCorner, withMoved, without, type Corner, type Drawn } from "@/map/drawing";
import { drawingLayers } from "@/map/drawingLayers";
import { cornerUnder, drawByPointer, type DrawingMap } from "@/map/drawingPointer";

const BOX = [5.1, 43.1, 5.62, 43.46] as const;
const square: Corner[] = [[0, 0], [1, 0], [1, 1], [0, 1]];

describe("a drawing", () => {
  it("is a geometry once it has corners enough, and comes back from it", () => {
    for (const drawn of [{ shape: "point", corners: [[5.37, 43.3]] }, { shape: "line", corners: square }, { shape: "area", corners: square }] as Drawn[]) {
      expect(fromGeometry(toGeometry(drawn))).toEqual(drawn);
      expect(toGeometry({ ...drawn, corners: drawn.corners.slice(0, drawn.shape === "area" ? 2 : drawn.shape === "line" ? 1 : 0) })).toBeNull();
    }
    expect(fromGeometry({ type: "MultiPoint", coordinates: square })).toBeNull();
    expect(fromGeometry({ type: "Polygon", coordinates: [square, square] })).toBeNull();
    expect(fromGeometry(null)).toBeNull();
  });

  it("knows when its border crosses itself", () => {
    expect(crosses({ shape: "area", corners: square })).toBe(false);
    expect(crosses({ shape: "area", corners: [[0, 0], [1, 1], [1, 0], [0, 1]] })).toBe(true);
    expect(crosses({ shape: "line", corners: [[0, 0], [1, 1], [1, 0], [0, 1]] })).toBe(false);
  });

  it("takes no corner twice in a row, and one only for a point", () => {
    const line: Drawn = { shape: "line", corners: [[0, 0]] };
    expect(withCorner(line, [0, 0])).toBe(line);
    expect(withCorner(withCorner(line, [1, 0]), [1, 1]).corners).toHaveLength(3);
    expect(withCorner({ shape: "point", corners: [[0, 0]] }, [1, 1]).corners).toEqual([[1, 1]]);
    expect(without(withMoved({ shape: "area", corners: square }, 2, [3, 3]), 0).corners).toEqual([[1, 0], [3, 3], [0, 1]]);
  });

  it("reads coordinates in either order, by where the city lies", () => {
    for (const text of ["43.2965, 5.37", "5.37 43.2965", "43,2965 ; 5,37", " 43.2965;5.37 ", "43.2965,5.37"]) expect(readCorner(text, BOX), text).toEqual([5.37, 43.2965]);
    for (const text of ["", "43.2", "a, b", "48.85, 2.35", "1 2 3"]) expect(readCorner(text, BOX), text).toBeNull();
    expect(cornerAt(5.123456789, 43)).toEqual([5.123457, 43]);
  });

  it("shows its corners, and the line so far of an area of two", () => {
    const look = { dark: false, scale: 1 };
    expect(drawingLayers({ shape: "area", corners: square.slice(0, 1) }, look).map((layer) => layer.id)).toEqual(["drawing-corners"]);
    expect(drawingLayers({ shape: "area", corners: square.slice(0, 2) }, look).map((layer) => layer.id)).toEqual(["drawing", "drawing-corners"]);
  });
});

describe("the pointer", () => {
  afterEach(() => { draw(null); });

  function fakeMap() {
    const heard = new Map<string, (event: never) => void>();
    const map = {
      on: (name: string, listener: (event: never) => void) => heard.set(name, listener),
      off: (name: string) => heard.delete(name),
      project: ([x, y]: Corner) => ({ x: x * 100, y: y * 100 }),
      dragPan: { enable: vi.fn(), disable: vi.fn() },
      doubleClickZoom: { enable: vi.fn(), disable: vi.fn() },
      getCanvas: () => ({ style: { cursor: "" } }),
    };
    const tell = (name: string, x: number, y: number): void => {
      heard.get(name)?.({ point: { x: x * 100, y: y * 100 }, lngLat: { lng: x, lat: y }, preventDefault: () => undefined } as never);
    };
    return { map, tell, heard };
  }

  function start(drawn: Drawn): { now: () => Drawn } {
    const change = (next: Drawn): void => { draw({ drawn: next, change, active: true }); };
    change(drawn);
    return { now: () => readSession()?.drawn ?? drawn };
  }

  it("adds a corner where it clicks, and drags the one it holds", () => {
    const { map, tell, heard } = fakeMap();
    const drawing = start({ shape: "line", corners: [[0, 0]] });
    const stop = drawByPointer(map as unknown as DrawingMap);
    tell("mousedown", 1, 0);
    tell("mouseup", 1, 0);
    tell("click", 1, 0);
    expect(drawing.now().corners).toEqual([[0, 0], [1, 0]]);
    tell("mousedown", 0.05, 0);
    tell("mousemove", 0.5, 0.5);
    tell("mouseup", 0.5, 0.5);
    tell("click", 0.5, 0.5);
    expect(drawing.now().corners).toEqual([[0.5, 0.5], [1, 0]]);
    expect(map.dragPan.disable).toHaveBeenCalledTimes(1);
    expect(map.dragPan.enable).toHaveBeenCalledTimes(1);
    stop();
    expect(heard.size).toBe(0);
    expect(map.doubleClickZoom.enable).toHaveBeenCalled();
  });

  it("holds the nearest corner within reach", () => {
    const project = ([x, y]: Corner): { x: number; y: number } => ({ x, y });
    expect(cornerUnder([[0, 0], [10, 0]], { x: 7, y: 0 }, project)).toBe(1);
    expect(cornerUnder([[0, 0]], { x: 13, y: 0 }, project)).toBe(-1);
  });
});
