/** Sources: which ones speak, what came, what was refused and why. */
import { useTranslation } from "react-i18next";
import { useSources } from "@/api/queries";
import { Health } from "@/features/sources/Health";
import { Quarantine } from "@/features/sources/Quarantine";
import { QuarantinePanel } from "@/features/sources/QuarantinePanel";
import { SourcePanel } from "@/features/sources/SourcePanel";
import { Stage } from "@/parts/Stage";
import { useMay } from "@/state/city";
import { setExtra, useUrl } from "@/state/url";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import { Tabs } from "@/ui/Tabs";

export default function Sources() {
  const { t } = useTranslation();
  const { extra } = useUrl();
  const may = useMay("read_sources");
  const mayQuarantine = useMay("read_quarantine");
  const sources = useSources(may);
  const refused = (sources.data ?? []).reduce((sum, source) => sum + source.quarantined, 0);
  const health = (
    <>
      {!may && <Empty title={t("may.noSources")} next={t("may.noSourcesNext")} />}
      {may && sources.isPending && <Loading rows={8} />}
      {sources.error && <ErrorNote error={sources.error} retry={() => void sources.refetch()} />}
      {sources.data?.length === 0 && <Empty title={t("sources.none")} next={t("sources.noneNext")} />}
      {sources.data && sources.data.length > 0 && <Health sources={sources.data} chosen={extra["of"] ?? null} />}
    </>
  );
  const tabs = [
    { id: "health", title: t("sources.health"), content: health },
    ...(mayQuarantine ? [{ id: "quarantine", title: t("sources.quarantine", { count: refused }), content: <Quarantine sources={sources.data ?? []} /> }] : []),
  ];
  const tab = tabs.find((one) => one.id === extra["tab"])?.id ?? "health";
  return (
    <Stage
      wide
      left={
        <Panel title={t("sources.title")} size="full">
          <Tabs label={t("sources.title")} tabs={tabs} selected={tab} onSelect={(id) => { setExtra({ tab: id === "health" ? null : id, row: null, of: null, view: null }); }} />
        </Panel>
      }
      right={
        extra["row"] && mayQuarantine ? <QuarantinePanel key={extra["row"]} id={extra["row"]} />
          : extra["of"] && may && tab === "health" ? <SourcePanel key={extra["of"]} name={extra["of"]} /> : undefined
      }
    />
  );
}
