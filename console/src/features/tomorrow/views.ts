/** The views of Demain, each loaded when it is first opened. A new view is one line here. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import type { Permission } from "@/state/city";

export interface TomorrowView {
  /** Value of `view` in the address. */
  id: string;
  /** Key of its name. */
  label: string;
  /** Who may open it; left out: everybody. */
  may?: Permission;
  view: LazyExoticComponent<ComponentType>;
}

export const VIEWS: readonly TomorrowView[] = [
  { id: "agenda", label: "tomorrow.views.agenda", view: lazy(() => import("@/features/tomorrow/agenda/Agenda")) },
  { id: "clashes", label: "clashes.view", view: lazy(() => import("@/features/tomorrow/clashes/ClashesView")) },
  { id: "forecast", label: "forecast.view", may: "read_forecasts", view: lazy(() => import("@/features/tomorrow/forecast/ForecastView")) },
  { id: "scores", label: "forecast.scoresView", may: "read_forecasts", view: lazy(() => import("@/features/tomorrow/forecast/ScoresView")) },
  { id: "patrols", label: "patrols.view", may: "run_analyses", view: lazy(() => import("@/features/tomorrow/patrols/PatrolsView")) },
  { id: "effects", label: "effects.view", may: "run_analyses", view: lazy(() => import("@/features/tomorrow/effects/EffectsView")) },
];
