/** The views of Demain, each loaded when it is first opened. A new view is one line here. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";

export interface TomorrowView {
  /** Value of `view` in the address. */
  id: string;
  /** Key of its name. */
  label: string;
  view: LazyExoticComponent<ComponentType>;
}

export const VIEWS: readonly TomorrowView[] = [
  { id: "agenda", label: "tomorrow.views.agenda", view: lazy(() => import("@/features/tomorrow/agenda/Agenda")) },
];
