/** Range and filters of the agenda; they narrow what is listed and never move the note of a day. */
import { useTranslation } from "react-i18next";
import { useZoning } from "@/api/queries";
import { RANGES, useListed } from "@/features/tomorrow/agenda/useListed";
import { DISTRICTS } from "@/lib/wholeDays";
import { useSourceTitle } from "@/parts/useTitles";
import { zoneName } from "@/parts/zones";
import { useCityContext, useKindText } from "@/state/city";
import { setExtra } from "@/state/url";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Fields";
import { useNarrow } from "@/ui/useNarrow";
import styles from "@/features/tomorrow/agenda/Filters.module.css";

const STATES = ["draft", "declared", "authorised", "cancelled", "wild"] as const;
const ALL = "-";

export function Filters({ from, services }: { from: string; services: readonly string[] }) {
  const { t } = useTranslation();
  const { taxonomy } = useCityContext();
  const kind = useKindText();
  const sourceTitle = useSourceTitle();
  const { listed, days, filtered } = useListed();
  const zones = (useZoning(DISTRICTS).data?.features ?? []).map(zoneName);
  const choose = (name: string) => (value: string): void => { setExtra({ [name]: value === ALL ? null : value, day: null }); };
  const known = [...new Set([...services, ...listed.services])].sort();
  const narrow = useNarrow();
  const fields = (
    <div className={styles["filters"]} role="group" aria-label={t("agenda.filters")}>
      <TextField label={t("agenda.from")} type="date" value={from} onChange={(value) => { if (/^\d{4}-\d{2}-\d{2}$/.test(value)) setExtra({ start: value, day: null }); }} />
      <Select label={t("agenda.range")} value={String(days)} onChange={choose("days")} options={[...new Set([...RANGES, days])].map((n) => ({ id: String(n), text: t("agenda.rangeDays", { count: n }) }))} />
      <Select
        label={t("agenda.kind")} value={listed.kinds[0] ?? ALL} onChange={choose("kinds")}
        options={[{ id: ALL, text: t("agenda.allKinds") }, ...["event", "environment"].flatMap((root) => taxonomy.children(root)).map((one) => ({ id: one.code, text: kind(one.code) }))]}
      />
      <Select label={t("agenda.state")} value={listed.states[0] ?? ALL} onChange={choose("states")} options={[{ id: ALL, text: t("agenda.allStates") }, ...STATES.map((one) => ({ id: one, text: t(`plan.state.${one}`) }))]} />
      <Select label={t("agenda.service")} value={listed.services[0] ?? ALL} onChange={choose("services")} options={[{ id: ALL, text: t("agenda.allServices") }, ...known.map((one) => ({ id: one, text: one.startsWith("entry") ? t("agenda.entered") : sourceTitle(one) }))]} />
      {zones.length > 0 && (
        <Select
          label={t("agenda.zone")} value={listed.zone ?? ALL} onChange={choose("area")}
          options={[{ id: ALL, text: t("agenda.wholeCity") }, ...zones.map((zone) => ({ id: `${DISTRICTS}:${zone.id}`, text: zone.label }))]}
        />
      )}
      {filtered && <Button look="quiet" onPress={() => { setExtra({ kinds: null, states: null, services: null, area: null }); }}>{t("agenda.clear")}</Button>}
    </div>
  );
  return narrow ? <details className={styles["fold"]}><summary>{t(filtered ? "agenda.filtersSet" : "agenda.filters")}</summary>{fields}</details> : fields;
}
