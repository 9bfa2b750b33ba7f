/** Where an instance looks and on which feeds: everywhere, a zone of any zoning, an area drawn on the map. */
import { useTranslation } from "react-i18next";
import { useSources, useZoning, useZonings } from "@/api/queries";
import { DRAWN, EVERYWHERE, type Where } from "@/features/today/alerts/where";
import { DrawingField } from "@/map/DrawingField";
import { zoneName } from "@/parts/zones";
import { useMay, useWords } from "@/state/city";
import { Checkbox, Select } from "@/ui/Fields";
import styles from "@/features/today/alerts/Alerts.module.css";

/** A list has no empty key. */
const NONE = "-";

function Sources({ chosen, onChange }: { chosen: readonly string[]; onChange: (sources: string[]) => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const known = useSources(useMay("read_sources"));
  const named = new Map((known.data ?? []).map((one) => [one.source, words(one.title) || one.source]));
  const all = [...new Set([...named.keys(), ...chosen])];
  if (all.length === 0) return null;
  return (
    <details className={styles["feeds"]}>
      <summary>{t("alerting.sources", { count: chosen.length })}</summary>
      <fieldset>
        <legend className="visually-hidden">{t("filter.sources")}</legend>
        {all.map((source) => (
          <Checkbox
            key={source} isSelected={chosen.includes(source)}
            onChange={(on) => { onChange(on ? [...chosen, source].sort() : chosen.filter((one) => one !== source)); }}
          >
            {named.get(source) ?? source}
          </Checkbox>
        ))}
      </fieldset>
    </details>
  );
}

export function WhereFields({ where, onChange }: { where: Where; onChange: (change: Partial<Where>) => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const zonings = useZonings();
  const named = where.at !== EVERYWHERE && where.at !== DRAWN;
  const zones = useZoning(named ? where.at : null);
  return (
    <>
      <Select
        label={t("alerting.zone")} value={where.at}
        options={[
          { id: EVERYWHERE, text: t("alerting.everywhere") },
          { id: DRAWN, text: t("alerting.drawn") },
          ...(zonings.data ?? []).map((one) => ({ id: one.name, text: words(one.title) || one.name })),
        ]}
        onChange={(at) => { onChange({ at, zone: "" }); }}
      />
      {named && (
        <Select
          label={t("filter.zoneOf")} value={where.zone || NONE}
          options={[{ id: NONE, text: t("alerting.pickZone") }, ...(zones.data?.features ?? []).map(zoneName).map(({ id, label }) => ({ id, text: label }))]}
          onChange={(id) => { onChange({ zone: id === NONE ? "" : id }); }}
        />
      )}
      {where.at === DRAWN && <DrawingField label={t("alerting.area")} shapes={["area"]} value={where.area} onChange={(area) => { onChange({ area }); }} />}
      <Sources chosen={where.sources} onChange={(sources) => { onChange({ sources }); }} />
    </>
  );
}
