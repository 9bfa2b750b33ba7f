/** How a camera stands, in one word, and how bad that is. */
import type { Camera } from "@/api/video";

export type Standing = "recording" | "gap" | "lost" | "disk" | "unmasked" | "expired" | "stopped";

const LOST = new Set(["no_connection", "stream_cut", "silent", "source_ended"]);
const ORDER: readonly Standing[] = ["disk", "unmasked", "lost", "gap", "stopped", "expired", "recording"];

export function standingOf(camera: Pick<Camera, "authorised" | "state" | "gap">): Standing {
  if (!camera.authorised || camera.state === "not_authorised") return "expired";
  if (camera.state === "disk_full") return "disk";
  if (camera.state === "not_masked") return "unmasked";
  if (camera.state === "stopped") return "stopped";
  if (camera.state === "connecting" || LOST.has(camera.gap?.reason ?? "")) return "lost";
  return camera.gap ? "gap" : "recording";
}

/** Those that need somebody first. */
export function byNeed(cameras: readonly Camera[]): Camera[] {
  return [...cameras].sort((a, b) => ORDER.indexOf(standingOf(a)) - ORDER.indexOf(standingOf(b)) || a.label.localeCompare(b.label));
}
