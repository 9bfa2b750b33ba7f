/** What a click on the map does, the same on every screen: closer for counts, open for things. */
import { useEffect } from "react";
import { command, onPick } from "@/state/mapStage";
import { readUrl, select, setExtra } from "@/state/url";

export function usePicks(): void {
  useEffect(() => onPick((pick) => {
    switch (pick.type) {
      case "cell":
      case "cluster": {
        const zoom = (readUrl().view?.zoom ?? 11) + 1.75;
        command({ type: "fly", view: { lon: pick.lon, lat: pick.lat, zoom: Math.min(18, zoom) } });
        break;
      }
      case "answer":
        setExtra({ row: String(pick.item.row) }, "replace");
        break;
      case "forecast":
        setExtra({ cell: pick.item.cell });
        break;
      case "point":
        select({ type: "fact", id: pick.item.fact_id });
        break;
      case "means":
        select({ type: "means", id: pick.item.means_id });
        break;
      case "plan":
        select({ type: "plan", id: pick.item.plan_id });
        break;
      case "alert":
        select({ type: "alert", id: pick.item.alert_id });
        break;
    }
  }), []);
}
