/** Demain: an event's page when the address names one, the view that it names otherwise, else the agenda. */
import { lazy, Suspense } from "react";
import { VIEWS } from "@/features/tomorrow/views";
import { useUrl } from "@/state/url";
import { Loading } from "@/ui/Notes";

const EventPage = lazy(() => import("@/features/tomorrow/event/EventPage"));

export default function Tomorrow() {
  const { extra } = useUrl();
  const event = extra["event"];
  if (event) return <Suspense fallback={<Loading />}><EventPage key={event} planId={event} /></Suspense>;
  const View = (VIEWS.find((one) => one.id === extra["view"]) ?? VIEWS[0])?.view;
  return View ? <Suspense fallback={<Loading />}><View /></Suspense> : null;
}
