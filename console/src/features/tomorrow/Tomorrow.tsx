/** Demain: an event's page when the address names one; otherwise the views side by side and the one it names. */
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { VIEWS } from "@/features/tomorrow/views";
import { formatUrl } from "@/lib/urlState";
import { useCityContext } from "@/state/city";
import { updateUrl, useUrl } from "@/state/url";
import { Loading } from "@/ui/Notes";
import styles from "@/features/tomorrow/Tomorrow.module.css";

/** Links, because each view has its address; what only the former understood is left behind. */
function Switch({ shown }: { shown: string }) {
  const { t } = useTranslation();
  const state = useUrl();
  const { permissions } = useCityContext().account;
  const open = VIEWS.filter((one) => !one.may || permissions.includes(one.may));
  return (
    <nav className={styles["switch"]} aria-label={t("tomorrow.viewsOf")}>
      {open.map((one, i) => {
        const next = { selection: null, panel: null, extra: i === 0 ? {} : { view: one.id } };
        return (
          <a
            key={one.id}
            className={styles["view"]}
            href={formatUrl({ ...state, ...next })}
            aria-current={one.id === shown ? "page" : undefined}
            onClick={(event) => {
              if (event.ctrlKey || event.metaKey || event.shiftKey) return;
              event.preventDefault();
              updateUrl(next);
            }}
          >
            {t(one.label)}
          </a>
        );
      })}
    </nav>
  );
}

const EventPage = lazy(() => import("@/features/tomorrow/event/EventPage"));

export default function Tomorrow() {
  const { extra } = useUrl();
  const event = extra["event"];
  if (event) return <Suspense fallback={<Loading />}><EventPage key={event} planId={event} /></Suspense>;
  const one = VIEWS.find((each) => each.id === extra["view"]) ?? VIEWS[0];
  if (!one) return null;
  const View = one.view;
  return (
    <div className={styles["screen"]}>
      <Switch shown={one.id} />
      <div className={styles["shown"]}><Suspense fallback={<Loading />}><View /></Suspense></div>
    </div>
  );
}
