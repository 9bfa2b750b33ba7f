import { describe, expect, it } from "vitest";
import { standingOf } from "@/features/cameras/standing";

const gap = (reason: string) => ({ from: "2026-03-30T08:00:00Z", reason });

describe("how a camera stands", () => {
  it.each([
    [{ authorised: true, state: "recording", gap: null }, "recording"],
    [{ authorised: true, state: "recording", gap: gap("torn") }, "gap"],
    [{ authorised: true, state: "recording", gap: gap("silent") }, "lost"],
    [{ authorised: true, state: "connecting", gap: gap("no_connection") }, "lost"],
    [{ authorised: true, state: "disk_full", gap: gap("disk_full") }, "disk"],
    [{ authorised: true, state: "stopped", gap: gap("stopped") }, "stopped"],
    [{ authorised: false, state: "recording", gap: null }, "expired"],
    [{ authorised: true, state: "not_authorised", gap: gap("not_authorised") }, "expired"],
  ] as const)("%j is %s", (camera, expected) => {
    expect(standingOf(camera)).toBe(expected);
  });
});
