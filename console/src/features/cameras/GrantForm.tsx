/** A grant that an authority signed, entered part by part; the place is drawn on the map. */
import type { Geometry } from "geojson";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useGiveGrant, useGrants, type Camera, type GrantSpec } from "@/api/video";
import { fromLocalInput } from "@/lib/localInput";
import { rfc3339 } from "@/lib/time";
import { DrawingField } from "@/map/DrawingField";
import { useCityContext, useWords } from "@/state/city";
import { Button } from "@/ui/Button";
import { Checkbox, TextField } from "@/ui/Fields";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/cameras/Cameras.module.css";

const TEXTS = ["legal_basis", "prefect_order", "attestation", "occasion", "place", "signed_by"] as const;
const HOURS = ["signed_at", "from", "to"] as const;
const LONGEST = { legal_basis: 300, prefect_order: 200, attestation: 200, occasion: 200, place: 200, signed_by: 200 } as const;

/** The corners of a drawn area, the first not told twice. */
function ringOf(place: Geometry | null): [number, number][] {
  if (place?.type !== "Polygon") return [];
  return (place.coordinates[0] ?? []).slice(0, -1).map(([lon, lat]) => [lon ?? 0, lat ?? 0]);
}

export function GrantForm({ cameras, onClose }: { cameras: readonly Camera[]; onClose: () => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const { city } = useCityContext();
  const grants = useGrants(false);
  const give = useGiveGrant();
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [hours, setHours] = useState<Record<string, string>>({});
  const [types, setTypes] = useState<GrantSpec["types"]>([]);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [others, setOthers] = useState("");
  const [area, setArea] = useState<Geometry | null>(null);
  const ring = ringOf(area);
  const numbers = [...new Set([...chosen, ...others.split(/[\s,;]+/).filter(Boolean)])];
  const at = (name: (typeof HOURS)[number]): number | null => fromLocalInput(hours[name] ?? "", city.timezone);
  const text = (name: (typeof TEXTS)[number]): string => (texts[name] ?? "").trim();
  const [signed, from, to] = [at("signed_at"), at("from"), at("to")];
  const ready = TEXTS.every((name) => text(name) !== "") && signed !== null && from !== null && to !== null && from < to && types.length > 0 && numbers.length > 0 && ring.length >= 3;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!ready) return;
    give.mutate({
      legal_basis: text("legal_basis"), prefect_order: text("prefect_order"), attestation: text("attestation"), occasion: text("occasion"), place: text("place"), signed_by: text("signed_by"),
      signed_at: rfc3339(signed), from: rfc3339(from), to: rfc3339(to), types, cameras: numbers, ring,
    }, { onSuccess: onClose });
  };
  return (
    <Panel title={t("video.grant.enter")} size="wide" onClose={onClose} takeFocus>
      <form className={styles["form"]} onSubmit={submit}>
        <p className={styles["note"]}>{words(grants.data?.legal_state)}</p>
        <p className={styles["meta"]}>{t("video.grant.formNote")}</p>
        {TEXTS.map((name) => (
          <TextField key={name} label={t(`video.grant.field.${name}`)} name={name} isRequired maxLength={LONGEST[name]} value={texts[name] ?? ""} onChange={(value) => { setTexts({ ...texts, [name]: value }); }} />
        ))}
        <div className={styles["pair"]}>
          {HOURS.map((name) => (
            <TextField key={name} label={t(`video.grant.field.${name}`)} name={name} type="datetime-local" isRequired value={hours[name] ?? ""} onChange={(value) => { setHours({ ...hours, [name]: value }); }} />
          ))}
        </div>
        <fieldset className={styles["choices"]}>
          <legend>{t("video.grant.field.types")}</legend>
          {grants.isPending && <Loading rows={2} />}
          {(grants.data?.types ?? []).map((one) => (
            <Checkbox key={one.type} isSelected={types.includes(one.type)} onChange={(on) => { setTypes(on ? [...types, one.type] : types.filter((other) => other !== one.type)); }}>
              {words(one.title)}{one.detector === null && <span className={styles["meta"]}>{t("video.grant.noDetector")}</span>}
            </Checkbox>
          ))}
        </fieldset>
        <fieldset className={styles["choices"]}>
          <legend>{t("video.grant.field.cameras")}</legend>
          {cameras.map((one) => (
            <Checkbox key={one.camera_id} isSelected={chosen.includes(one.camera_id)} onChange={(on) => { setChosen(on ? [...chosen, one.camera_id] : chosen.filter((id) => id !== one.camera_id)); }}>{one.label}</Checkbox>
          ))}
        </fieldset>
        <TextField label={t("video.grant.others")} description={t("video.grant.othersNote")} value={others} onChange={setOthers} />
        <DrawingField label={t("video.grant.field.ring")} shapes={["area"]} value={area} onChange={setArea} />
        {give.error && <ErrorNote error={give.error} />}
        <p className={styles["buttons"]}>
          <Button look="primary" type="submit" isDisabled={!ready || give.isPending}>{t("video.grant.give")}</Button>
          <Button onPress={onClose}>{t("words.cancel")}</Button>
        </p>
      </form>
    </Panel>
  );
}
