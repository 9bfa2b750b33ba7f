import { describe, expect, it } from "vitest";
import { middleOf, roomBeside, type Edges } from "@/map/room";

const DESK: Edges = { top: 46, right: 1440, bottom: 900, left: 0 };
const PHONE: Edges = { top: 52, right: 390, bottom: 790, left: 0 };

describe("the room beside panels", () => {
  it("is the whole map less its edges where nothing covers it", () => {
    const room = roomBeside(DESK, []);
    expect(room.left).toBe(room.right);
    expect(middleOf(room)[0]).toBe(0);
  });

  it("begins right of a panel at the left", () => {
    const room = roomBeside(DESK, [{ top: 60, right: 620, bottom: 880, left: 12 }]);
    expect(room.left).toBeGreaterThan(620);
    expect(middleOf(room)[0]).toBeGreaterThan(250);
  });

  it("lies between two panels", () => {
    const room = roomBeside(DESK, [{ top: 60, right: 420, bottom: 880, left: 12 }, { top: 60, right: 1428, bottom: 880, left: 1040 }]);
    expect(room.left).toBeGreaterThan(420);
    expect(1440 - room.right).toBeLessThan(1040);
  });

  it("is what a phone's sheet leaves above it", () => {
    const sheet = { top: 333, right: 390, bottom: 790, left: 0 };
    const room = roomBeside(PHONE, [sheet]);
    const [, down] = middleOf(room);
    const middle = (PHONE.top + PHONE.bottom) / 2 + down;
    expect(middle).toBeLessThan(sheet.top);
    expect(middle).toBeGreaterThan(PHONE.top);
  });

  it("asks for nothing where the whole map is covered", () => {
    expect(roomBeside(PHONE, [{ top: 52, right: 390, bottom: 790, left: 0 }])).toEqual(roomBeside(PHONE, []));
  });

  it("leaves a fifth of the map however much is covered", () => {
    const room = roomBeside(DESK, [{ top: 60, right: 700, bottom: 880, left: 12 }, { top: 60, right: 1428, bottom: 880, left: 720 }]);
    expect(room.left + room.right).toBeLessThanOrEqual(0.8 * 1440 + 1e-9);
  });
});
