/** The tabs of an event's page, each loaded when it is first opened. A new tab is one line here. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import type { EventTabProps } from "@/features/tomorrow/event/tabProps";

export interface EventTab {
  /** Value of `tab` in the address. */
  id: string;
  /** Key of its name. */
  label: string;
  view: LazyExoticComponent<ComponentType<EventTabProps>>;
}

export const EVENT_TABS: readonly EventTab[] = [
  { id: "file", label: "dossier.tab.file", view: lazy(() => import("@/features/tomorrow/dossier/FileTab")) },
  { id: "similar", label: "effects.tab", view: lazy(() => import("@/features/tomorrow/effects/SimilarTab")) },
  { id: "whatif", label: "whatif.tab", view: lazy(() => import("@/features/tomorrow/whatif/WhatIfTab")) },
  { id: "means", label: "allocation.tab", view: lazy(() => import("@/features/tomorrow/allocation/MeansTab")) },
  { id: "after", label: "dossier.tab.after", view: lazy(() => import("@/features/tomorrow/dossier/AfterTab")) },
];
