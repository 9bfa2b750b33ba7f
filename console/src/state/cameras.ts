/** Going to the cameras: which ones, and at which instant, stands in the address; nothing is opened by it. */
import { MINUTE, rfc3339 } from "@/lib/time";
import { initialState } from "@/lib/urlState";
import { updateUrl } from "@/state/url";

/** How long before an alert its pictures begin. */
export const BEFORE_MS = 5 * MINUTE;

/** The nearest cameras to what happened, five minutes before it: `alert:ID`, `fact:ID` or `LON,LAT`. */
export function openNearCameras(about: string, at: number): void {
  updateUrl((state) => ({ ...initialState("cameras"), view: state.view, filters: state.filters, extra: { about, since: rfc3339(at - BEFORE_MS) } }));
}
