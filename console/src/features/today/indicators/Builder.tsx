/** Builder of an indicator, or of its next version: what, where, when, from which count on it matters; shown before it is kept. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useSetIndicator, useTryIndicator, type Indicator, type IndicatorSpec } from "@/api/indicators";
import { useZoning } from "@/api/queries";
import { Tile } from "@/features/today/indicators/Tile";
import { CROWDING } from "@/lib/crowding";
import { DISTRICTS } from "@/lib/wholeDays";
import { zoneName } from "@/parts/zones";
import { useCityContext, useKindText, useLanguage } from "@/state/city";
import { Button } from "@/ui/Button";
import { Select, TextField, type Option } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/today/indicators/Indicators.module.css";

const FACT_THEMES = new Set(["offence", "space", "road", "rescue", "health", "environment"]);
/** `all` stands for no choice: a list has no empty key. */
const ALL = "all";
const SLOTS = ["last-24", "last-6", "last-168", "6-12", "12-18", "18-22", "22-6"] as const;

function hoursOf(slot: string): Pick<IndicatorSpec, "rolling_h" | "from_h" | "to_h"> {
  const [from = "", to = ""] = slot.split("-");
  return from === "last" ? { rolling_h: Number(to), from_h: 0, to_h: 0 } : { rolling_h: 0, from_h: Number(from), to_h: Number(to) };
}

function slotOf({ rolling_h, from_h, to_h }: Indicator): string {
  return rolling_h > 0 ? `last-${String(rolling_h)}` : `${String(from_h)}-${String(to_h)}`;
}

/** What the interface set may stand outside the list: it is kept, not changed unseen. */
function withKept(options: readonly Option[], id: string, text: string): Option[] {
  return options.some((one) => one.id === id) ? [...options] : [...options, { id, text }];
}

export function Builder({ before = null, onDone }: { before?: Indicator | null; onDone: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { taxonomy } = useCityContext();
  const zoning = useZoning(DISTRICTS);
  const trial = useTryIndicator();
  const keep = useSetIndicator(before);
  const kindText = useKindText();
  const [title, setTitle] = useState(before?.title ?? "");
  const [kind, setKind] = useState(before?.kind || ALL);
  const [zone, setZone] = useState(before?.zone || ALL);
  const [slot, setSlot] = useState<string>(before ? slotOf(before) : SLOTS[0]);
  const [threshold, setThreshold] = useState(String(before?.threshold ?? ""));
  const [criticality, setCriticality] = useState(String(before?.criticality ?? 3));
  const kinds: Option[] = [
    { id: ALL, text: t("indicators.allFacts") },
    { id: CROWDING, text: t("crowds.indicator"), note: t("crowds.indicatorNote") },
    ...taxonomy.roots.filter((root) => FACT_THEMES.has(root.code)).flatMap((root) => [
      { id: root.code, text: root[language] },
      ...taxonomy.children(root.code).map((child) => ({ id: child.code, text: child[language], note: root[language] })),
    ]),
  ];
  const zones: Option[] = [
    { id: ALL, text: t("indicators.city") },
    ...(zoning.data?.features ?? []).map(zoneName).map((one) => ({ id: `${DISTRICTS}:${one.id}`, text: one.label })),
  ];
  const slots: Option[] = [...new Set([...SLOTS, slot])].map((id) => {
    const hours = hoursOf(id);
    return { id, text: hours.rolling_h ? t("indicators.lastHours", { count: hours.rolling_h }) : t("indicators.slot", { from: hours.from_h, to: hours.to_h }) };
  });
  const spec = (): IndicatorSpec => ({
    title: title.trim(), kind: kind === ALL ? "" : kind, zone: zone === ALL ? "" : zone, ...hoursOf(slot),
    threshold: threshold.trim() === "" ? null : Number(threshold), criticality: Number(criticality),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    keep.mutate(spec(), { onSuccess: onDone });
  };
  const ready = title.trim() !== "";
  const fault = trial.error ?? keep.error;
  return (
    <form className={styles["builder"]} onSubmit={submit} aria-label={before ? t("indicators.changeOf", { title: before.title }) : t("indicators.add")}>
      <TextField label={t("indicators.title")} description={t("indicators.titleHelp")} value={title} onChange={setTitle} maxLength={80} isRequired autoFocus />
      <Select label={t("indicators.kind")} options={withKept(kinds, kind, kindText(kind))} value={kind} onChange={setKind} />
      <Select label={t("indicators.zone")} options={withKept(zones, zone, zone)} value={zone} onChange={setZone} />
      {kind !== CROWDING && <Select label={t("indicators.hours")} options={slots} value={slot} onChange={setSlot} />}
      <TextField label={t("indicators.threshold")} description={t("indicators.thresholdHelp")} value={threshold} onChange={setThreshold} type="number" min={0} />
      <Select label={t("indicators.criticality")} options={[1, 2, 3, 4, 5].map((n) => ({ id: String(n), text: t(`severity.${n}`) }))} value={criticality} onChange={setCriticality} />
      <p className={styles["acts"]}>
        <Button isDisabled={!ready || trial.isPending} onPress={() => { trial.mutate(spec()); }}>{t("indicators.try")}</Button>
        <Button look="primary" type="submit" isDisabled={!ready || keep.isPending}>{t("indicators.save")}</Button>
        <Button look="quiet" onPress={onDone}>{t("indicators.cancel")}</Button>
      </p>
      {fault && <ErrorNote error={fault} />}
      {trial.data && <Tile indicator={trial.data} place={zones.find((one) => one.id === zone)?.text ?? zone} />}
    </form>
  );
}
