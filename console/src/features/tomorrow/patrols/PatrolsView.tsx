/** Patrols of an ordinary day: where they would wait and why, who works when, what fairness costs. A person chooses. */
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDayAllocation, type Aim, type Means } from "@/api/allocation";
import { useZoning, useZonings } from "@/api/queries";
import { MeansForm } from "@/features/tomorrow/allocation/MeansForm";
import { Proposals } from "@/features/tomorrow/allocation/Proposals";
import { usePostsOnMap } from "@/features/tomorrow/allocation/usePostsOnMap";
import { HoursChart } from "@/features/tomorrow/patrols/HoursChart";
import { addressOf, AIMS, LENGTHS, questionOf, windowOf, type Question } from "@/features/tomorrow/patrols/question";
import { addDays, dateFormat, localDay, parseInstant } from "@/lib/time";
import { Stage } from "@/parts/Stage";
import { zoneName } from "@/parts/zones";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { EMPTY_CONTENT, useMapContent, type MapContent } from "@/state/mapStage";
import { setExtra, updateUrl, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/tomorrow/allocation/Allocation.module.css";

const CITY = "-";
const ASKED = "on";
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

type When = Omit<Question, "means">;

/** When and where: before the means. */
function WhenFields({ when, onChange }: { when: When; onChange: (when: When) => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const zonings = useZonings();
  const [chosen, setChosen] = useState(when.zone?.split(":")[0] ?? "");
  const shapes = useZoning(chosen || null);
  const zones = (shapes.data?.features ?? []).map(zoneName);
  const lengths = [...new Set([...LENGTHS, when.hours])].sort((a, b) => a - b);
  return (
    <>
      <TextField label={t("patrols.day")} type="date" value={when.day} onChange={(day) => { if (/^\d{4}-\d{2}-\d{2}$/.test(day)) onChange({ ...when, day }); }} />
      <Select label={t("patrols.from")} value={String(when.hour)} options={HOURS.map((hour) => ({ id: String(hour), text: `${String(hour).padStart(2, "0")}:00` }))} onChange={(hour) => { onChange({ ...when, hour: Number(hour) }); }} />
      <Select label={t("patrols.lasting")} value={String(when.hours)} options={lengths.map((n) => ({ id: String(n), text: t("patrols.lastingHours", { count: n }) }))} onChange={(hours) => { onChange({ ...when, hours: Number(hours) }); }} />
      <Select
        label={t("patrols.area")} value={chosen || CITY}
        options={[{ id: CITY, text: t("patrols.city") }, ...(zonings.data ?? []).map((one) => ({ id: one.name, text: words(one.title) || one.name }))]}
        onChange={(name) => { setChosen(name === CITY ? "" : name); onChange({ ...when, zone: null }); }}
      />
      {chosen && (
        <Select
          label={t("patrols.zone")} value={when.zone ?? CITY}
          options={[{ id: CITY, text: t("patrols.noZone") }, ...zones.map((one) => ({ id: `${chosen}:${one.id}`, text: one.label }))]}
          onChange={(zone) => { onChange({ ...when, zone: zone === CITY ? null : zone }); }}
        />
      )}
    </>
  );
}

/** The area asked about, on the map under the posts. */
function useAreaOnMap(zone: string | null): void {
  const [zoning, id] = (zone ?? "").split(/:(.*)/s);
  const shapes = useZoning(zoning || null);
  const feature = zone === null ? null : shapes.data?.features.find((one) => zoneName(one).id === id) ?? null;
  const content = useMemo<MapContent>(() => ({ ...EMPTY_CONTENT, zone: feature }), [feature]);
  useMapContent(content);
}

export default function PatrolsView() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const { extra, panel } = useUrl();
  const now = useNow(60_000);
  const question = questionOf(extra, addDays(localDay(now, city.timezone), 1));
  const { means, ...said } = question;
  const [when, setWhen] = useState<When>(said);
  const asked = extra[ASKED] === undefined ? null : windowOf(question, city.timezone);
  const aim: Aim = AIMS.find((one) => one === extra["aim"]) ?? "cover";
  const found = useDayAllocation(asked, means);
  const data = asked ? found.data : undefined;
  usePostsOnMap(data, aim);
  useAreaOnMap(asked?.zone ?? null);
  const ask = (next: Means): void => { setExtra({ ...addressOf({ ...when, means: next }) }); };
  const at = (text: string): string => dateFormat(language, city.timezone, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" }).format(parseInstant(text) ?? 0);
  const left = (
    <Panel title={t("patrols.title")} size="wide" onClose={() => { updateUrl({ panel: "none" }); }}>
      <p className={styles["lead"]}>{t("patrols.lead")}</p>
      <MeansForm means={means} given={null} busy={found.isFetching} onAsk={ask}><WhenFields when={when} onChange={setWhen} /></MeansForm>
      {!asked && <p className={styles["note"]}>{t("patrols.unasked")}</p>}
      {asked && found.isPending && <Loading rows={10} />}
      {asked && found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      {data && (
        <div className={found.isFetching ? styles["dimmed"] : undefined} aria-busy={found.isFetching}>
          <p className={styles["lead"]}>{t("patrols.window", { from: at(data.from), to: at(data.to) })}</p>
          <Proposals data={data} aim={aim} onAim={(id) => { setExtra({ aim: id === "cover" ? null : id }, "replace"); }} hours={<HoursChart data={data} />} />
          <p className={styles["note"]}>{t("patrols.kept")}</p>
        </div>
      )}
    </Panel>
  );
  return (
    <Stage
      left={panel === "none" ? undefined : left}
      toolbar={panel === "none" ? <Button onPress={() => { updateUrl({ panel: null }); }}><Icon name="shield" />{t("patrols.open")}</Button> : undefined}
    />
  );
}
