/** One event: its file, and what the other parts of Demain say about it, tab by tab, beside the map. */
import { Suspense, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { usePlan } from "@/api/queries";
import { useEventShapes } from "@/features/tomorrow/event/eventMap";
import { EVENT_TABS } from "@/features/tomorrow/event/tabs";
import { geometryBox, withSurroundings } from "@/lib/bbox";
import { instantText, parseInstant } from "@/lib/time";
import { Stage } from "@/parts/Stage";
import { useCityContext, useKindText, useLanguage, useNow } from "@/state/city";
import { command, EMPTY_CONTENT, useMapContent, type MapContent } from "@/state/mapStage";
import { readUrl, setExtra, useUrl } from "@/state/url";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import { Tabs } from "@/ui/Tabs";
import styles from "@/features/tomorrow/event/EventPage.module.css";

const MINUTE_MS = 60_000;

export default function EventPage({ planId }: { planId: string }) {
  const { t } = useTranslation();
  const { extra } = useUrl();
  const language = useLanguage();
  const kind = useKindText();
  const { city } = useCityContext();
  const now = useNow(MINUTE_MS);
  const plan = usePlan(planId);
  const found = plan.data;
  const first = EVENT_TABS[0]?.id ?? "";
  const shown = EVENT_TABS.find((one) => one.id === extra["tab"])?.id ?? first;
  const shapes = useEventShapes();
  const content = useMemo<MapContent>(() => ({ ...EMPTY_CONTENT, plans: found ? [found] : [], eventFile: shapes, selectedId: planId }), [found, planId, shapes]);
  useMapContent(content);
  useEffect(() => {
    const box = geometryBox(found?.geometry);
    if (box && readUrl().view === null) command({ type: "fit", box: withSurroundings(box) });
  }, [found?.geometry]);
  const starts = parseInstant(found?.starts_at ?? null);
  const tabs = EVENT_TABS.map(({ id, label, view: View }) => ({
    id, title: t(label), content: <Suspense fallback={<Loading rows={8} />}><View key={planId} planId={planId} /></Suspense>,
  }));
  return (
    <Stage
      left={
        <Panel
          title={found ? (found.title ?? kind(found.kind)) : t("dossier.event")}
          size="wide"
          takeFocus
          onBack={() => { setExtra({ event: null, tab: null }); }}
          head={found && starts !== null ? <p className={styles["when"]}>{kind(found.kind)} · {instantText(starts, language, city.timezone, now)}</p> : undefined}
        >
          {plan.isPending && <Loading rows={8} />}
          {plan.error && <ErrorNote error={plan.error} retry={() => void plan.refetch()} />}
          {found && <Tabs label={t("dossier.event")} tabs={tabs} selected={shown} onSelect={(id) => { setExtra({ tab: id === first ? null : id }); }} />}
        </Panel>
      }
    />
  );
}
