/** Opening and closing a situation: it stands in the address of Aujourd'hui. */
import { readUrl, setExtra, updateUrl } from "@/state/url";

/** `alert:ID`, `fact:ID` or `LON,LAT`; null closes. */
export function openSituation(what: string | null): void {
  if (what === null) setExtra({ situation: null, srad: null, sback: null, sways: null });
  else updateUrl({ screen: "today", selection: null, extra: { ...(readUrl().screen === "today" ? readUrl().extra : {}), situation: what } });
}

/** Around a point of the map, to the metre. */
export function openSituationAt(lon: number, lat: number): void {
  openSituation(`${lon.toFixed(5)},${lat.toFixed(5)}`);
}
