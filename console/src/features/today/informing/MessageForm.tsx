/** Writing a message to the public: both languages, where, until when, by which channels; shown as it will be read. */
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { faultsOf } from "@/api/agenda";
import { useWriteMessage, type MessageBounds, type MessageDetail } from "@/api/messages";
import { useZoning, useZonings } from "@/api/queries";
import { CATEGORIES, CERTAINTIES, emptyMessage, messageDraft, missing, panelLengths, RESPONSES, SEVERITIES, specOf, URGENCIES, type MessageDraft } from "@/features/today/informing/draft";
import { LongField } from "@/features/today/informing/LongField";
import { Preview } from "@/features/today/informing/Preview";
import { wallInstant } from "@/lib/localTime";
import { rfc3339 } from "@/lib/time";
import { DrawingField } from "@/map/DrawingField";
import { zoneName } from "@/parts/zones";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import { Button } from "@/ui/Button";
import { Checkbox, Select, TextField, type Option } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/today/informing/Informing.module.css";

const TEXTS = [["title", 100], ["text", 1_500], ["advice", 800]] as const;
const AREA = ["area"] as const;

function useZones(): Option[] {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const zonings = useZonings();
  const name = zonings.data?.[0]?.name ?? null;
  const zones = useZoning(name);
  return useMemo(() => [
    { id: "city", text: t("informing.wholeCity", { city: city.name }) },
    { id: "none", text: t("informing.onlyStreets") },
    ...(zones.data?.features ?? []).map(zoneName).map(({ id, label }) => ({ id: `${name ?? ""}:${id}`, text: label })),
  ], [t, city.name, name, zones.data]);
}

type Set = (change: Partial<MessageDraft>) => void;
type Fault = (...fields: string[]) => string | undefined;

function Codes({ draft, set, fault }: { draft: MessageDraft; set: Set; fault: Fault }) {
  const { t } = useTranslation();
  const options = (group: string, codes: readonly string[]): Option[] => codes.map((id) => ({ id, text: t(`informing.${group}.${id}`) }));
  return (
    <>
      <Select label={t("informing.kind")} value={draft.category} options={options("category", CATEGORIES)} onChange={(id) => { set({ category: id as MessageDraft["category"] }); }} description={fault("category")} />
      <div className={styles["pair"]}>
        <Select label={t("informing.severityLabel")} value={draft.severity} options={options("severity", SEVERITIES)} onChange={(id) => { set({ severity: id as MessageDraft["severity"] }); }} description={fault("severity")} />
        <Select label={t("informing.urgencyLabel")} value={draft.urgency} options={options("urgency", URGENCIES)} onChange={(id) => { set({ urgency: id as MessageDraft["urgency"] }); }} description={fault("urgency")} />
        <Select label={t("informing.certaintyLabel")} value={draft.certainty} options={options("certainty", CERTAINTIES)} onChange={(id) => { set({ certainty: id as MessageDraft["certainty"] }); }} description={fault("certainty")} />
        <Select label={t("informing.responseLabel")} value={draft.response} options={options("response", RESPONSES)} onChange={(id) => { set({ response: id as MessageDraft["response"] }); }} description={fault("response")} />
      </div>
    </>
  );
}

function Where({ draft, set, fault, zones }: { draft: MessageDraft; set: Set; fault: Fault; zones: readonly Option[] }) {
  const { t } = useTranslation();
  const setRing = useCallback((ring: MessageDraft["ring"]) => { set({ ring }); }, [set]);
  return (
    <fieldset className={styles["set"]}>
      <legend>{t("informing.where")}</legend>
      <Segmented
        label={t("informing.whereHow")} value={draft.where} onChange={(where) => { set({ where }); }}
        options={[{ id: "zone", text: t("informing.byZone") }, { id: "drawn", text: t("informing.byMap") }]}
      />
      {draft.where === "zone"
        ? <Select label={t("informing.zone")} value={draft.zone || "none"} options={zones} onChange={(zone) => { set({ zone: zone === "none" ? "" : zone }); }} description={fault("zone")} />
        : <DrawingField label={t("informing.area")} shapes={AREA} value={draft.ring} onChange={setRing} fault={fault("ring", "zone")} />}
      <LongField label={t("informing.streets")} value={draft.streets} rows={2} onChange={(streets) => { set({ streets }); }} description={t("informing.streetsNote")} fault={fault("streets")} />
    </fieldset>
  );
}

function Panels({ draft, set, fault, bounds }: { draft: MessageDraft; set: Set; fault: Fault; bounds: MessageBounds }) {
  const { t } = useTranslation();
  const counted = panelLengths(draft.panel, { lines: bounds.panel_lines, characters: bounds.panel_characters });
  return (
    <fieldset className={styles["set"]}>
      <legend>{t("informing.channels")}</legend>
      <p className={styles["meta"]}>{t("informing.always")}</p>
      <Checkbox isSelected={draft.panels} onChange={(panels) => { set({ panels }); }}>{t("informing.panels")}</Checkbox>
      {draft.panels && (
        <>
          <LongField label={t("informing.panelText")} lang="fr" mono rows={bounds.panel_lines} value={draft.panel} onChange={(panel) => { set({ panel }); }} description={t("informing.panelSize", { lines: bounds.panel_lines, characters: bounds.panel_characters })} fault={fault("panel")} />
          <ol className={styles["lengths"]} aria-label={t("informing.lengths")} aria-live="polite">
            {counted.map((line, i) => (
              <li key={i} data-fits={line.fits}>{t(line.fits ? "informing.lineFits" : i < bounds.panel_lines ? "informing.lineLong" : "informing.lineMany", { n: i + 1, length: line.length, most: bounds.panel_characters })}</li>
            ))}
          </ol>
        </>
      )}
    </fieldset>
  );
}

export function MessageForm({ message, bounds, done, leave }: {
  /** The message that a new draft is written of; null for a new one. */
  message: MessageDetail | null;
  bounds: MessageBounds;
  done: (id: string) => void;
  leave: () => void;
}) {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const language = useLanguage();
  const now = useNow(60_000);
  const zone = city.timezone;
  const [draft, setDraft] = useState<MessageDraft>(() => (message ? messageDraft(message.content, zone) : emptyMessage(now, zone)));
  const write = useWriteMessage();
  const zones = useZones();
  const set = useCallback((change: Partial<MessageDraft>): void => { setDraft((one) => ({ ...one, ...change })); }, []);
  const faults = faultsOf(write.error);
  const fault: Fault = (...fields) => {
    const found = faults.find((one) => fields.includes(one.field));
    return found && (language === "fr" ? found.fr : found.en);
  };
  const lacking = missing(draft);
  const send = (submit: boolean): void => {
    const body = specOf(draft, zone, submit);
    if (body && lacking.length === 0) write.mutate({ id: message?.message_id ?? null, after: message?.number ?? 0, body }, { onSuccess: (told) => { done(told.message_id); } });
  };
  const instant = (text: string): string | null => {
    const ms = wallInstant(text, zone);
    return ms === null ? null : rfc3339(ms);
  };
  const place = [draft.where === "zone" ? (draft.zone === "city" ? city.name : zones.find((one) => one.id === draft.zone)?.text) : city.name, draft.streets.split("\n").map((one) => one.trim()).filter(Boolean).join(", ")];
  const closed = lacking.length > 0 || write.isPending;
  return (
    <form className={styles["form"]} onSubmit={(event) => { event.preventDefault(); send(true); }}>
      <p className={styles["meta"]}>{t("informing.care", { least: bounds.least })}</p>
      <Codes draft={draft} set={set} fault={fault} />
      {TEXTS.map(([name, most]) => (
        <div key={name} className={styles["pair"]}>
          {(["fr", "en"] as const).map((lang) => {
            const field = `${name}_${lang}` as const;
            return (
              <LongField
                key={lang} lang={lang} label={t(`informing.field.${field}`)} value={draft[field]} maxLength={most} rows={name === "title" ? 2 : 4}
                onChange={(value) => { set({ [field]: value }); }} description={t("informing.length", { n: [...draft[field]].length, most })} fault={fault(field)}
              />
            );
          })}
        </div>
      ))}
      <Where draft={draft} set={set} fault={fault} zones={zones} />
      <div className={styles["pair"]}>
        <TextField label={t("informing.from")} type="datetime-local" value={draft.onset} onChange={(onset) => { set({ onset }); }} description={fault("onset_at") ?? t("informing.fromNote")} isInvalid={fault("onset_at") !== undefined} />
        <TextField label={t("informing.until")} type="datetime-local" value={draft.expires} onChange={(expires) => { set({ expires }); }} description={fault("expires_at", "expires") ?? t("informing.untilNote", { count: bounds.longest_days })} isInvalid={fault("expires_at", "expires") !== undefined} />
      </div>
      <Panels draft={draft} set={set} fault={fault} bounds={bounds} />
      <Preview
        bounds={bounds}
        told={{
          title: { fr: draft.title_fr, en: draft.title_en }, text: { fr: draft.text_fr, en: draft.text_en }, advice: { fr: draft.advice_fr, en: draft.advice_en },
          severity: draft.severity, place: place.filter(Boolean).join(" – "), onset: instant(draft.onset), expires: instant(draft.expires), panel: draft.panels ? draft.panel : "",
        }}
      />
      {write.error && faults.length === 0 && <ErrorNote error={write.error} />}
      {faults.length > 0 && <p className={styles["faults"]} role="alert">{t("informing.faults", { count: faults.length })}</p>}
      {lacking.length > 0 && <p className={styles["meta"]} id="informing-lacking">{t("informing.lacking", { fields: lacking.map((name) => t(`informing.field.${name}`)).join(", ") })}</p>}
      <p className={styles["buttons"]}>
        <Button type="submit" look="primary" isDisabled={closed}>{t("informing.act.submit")}</Button>
        <Button isDisabled={closed} onPress={() => { send(false); }}>{t("informing.act.draft")}</Button>
        <Button look="quiet" onPress={leave}>{t("informing.leave")}</Button>
      </p>
    </form>
  );
}
