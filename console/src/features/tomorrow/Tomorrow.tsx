/** Demain: the view that the address names, the agenda otherwise. */
import { Suspense } from "react";
import { VIEWS } from "@/features/tomorrow/views";
import { useUrl } from "@/state/url";
import { Loading } from "@/ui/Notes";

export default function Tomorrow() {
  const { extra } = useUrl();
  const View = (VIEWS.find((one) => one.id === extra["view"]) ?? VIEWS[0])?.view;
  return View ? <Suspense fallback={<Loading />}><View /></Suspense> : null;
}
