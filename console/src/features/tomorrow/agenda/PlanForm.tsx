/** Entering a use of public space, reporting a gathering nobody declared, changing a plan: one form. */
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { faultsOf, usePlaces, usePlanAct, type FieldFault } from "@/api/agenda";
import { usePlan } from "@/api/queries";
import type { PlanDetail } from "@/api/types";
import { draftOf, emptyDraft, fieldsOf, MEANS, SIZES, type Draft } from "@/features/tomorrow/agenda/draft";
import { DrawingField, type KnownPlace } from "@/map/DrawingField";
import { useCityContext, useKindText, useLanguage, useNow } from "@/state/city";
import { updateUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Fields";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/tomorrow/agenda/PlanForm.module.css";

/** Kinds of gatherings that nobody declares. */
const WILD = ["event.gathering", "event.festivity", "event.demonstration", "event.sport", "event.culture"];

function close(planId: string | null): void {
  updateUrl((state) => {
    const extra = { ...state.extra };
    delete extra["form"];
    return { extra, selection: planId ? { type: "plan", id: planId } : null };
  });
}

function useKinds(wild: boolean): { id: string; text: string }[] {
  const { taxonomy } = useCityContext();
  const kind = useKindText();
  return useMemo(() => {
    const walk = (code: string): string[] => [code, ...taxonomy.children(code).flatMap((child) => walk(child.code))];
    const codes = taxonomy.children("event").flatMap((one) => walk(one.code)).filter((code) => !wild || WILD.some((one) => code === one || code.startsWith(`${one}.`)));
    return codes.map((id) => ({ id, text: kind(id) })).sort((a, b) => a.text.localeCompare(b.text));
  }, [taxonomy, kind, wild]);
}

function useKnownPlaces(): KnownPlace[] {
  const places = usePlaces();
  return useMemo(() => (places.data?.features ?? []).flatMap((feature) => {
    const { properties, geometry } = feature;
    const kind = String(properties?.["kind"] ?? "");
    const label = String(properties?.["label"] ?? "");
    if (geometry?.type !== "Point" || !kind.startsWith("place.venue") || !label) return [];
    const [lon = 0, lat = 0] = geometry.coordinates;
    return [{ id: String(feature.id ?? properties?.["place_id"] ?? label), text: label, lon, lat }];
  }).sort((a, b) => a.text.localeCompare(b.text)), [places.data]);
}

function Fields({ plan, wild }: { plan: PlanDetail | null; wild: boolean }) {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const language = useLanguage();
  const now = useNow(60_000);
  const zone = city.timezone;
  const [before] = useState<Draft | null>(() => (plan ? draftOf(plan, zone) : null));
  const [draft, setDraft] = useState<Draft>(() => before ?? emptyDraft(now, zone, wild));
  const act = usePlanAct();
  const faults = faultsOf(act.error);
  const kinds = useKinds(wild);
  const places = useKnownPlaces();
  const set = (change: Partial<Draft>): void => { setDraft((one) => ({ ...one, ...change })); };
  const setGeometry = useCallback((geometry: Draft["geometry"]) => { setDraft((one) => ({ ...one, geometry })); }, []);
  const fault = (field: string): string | undefined => {
    const found = faults.find((one: FieldFault) => one.field === field);
    return found && (language === "fr" ? found.fr : found.en);
  };
  const text = (field: string, label: string, value: string, change: (value: string) => void, more: { type?: string; inputMode?: "numeric"; description?: string } = {}) => (
    <TextField label={label} value={value} onChange={change} isInvalid={fault(field) !== undefined} {...more} {...(fault(field) ? { description: fault(field) } : {})} />
  );
  const send = (): void => {
    const body = fieldsOf(draft, before, zone, plan?.attributes);
    act.mutate(plan ? { act: "amend", plan, body } : { act: "enter", body }, { onSuccess: (done) => { close(done.plan_id); } });
  };
  return (
    <form className={styles["form"]} onSubmit={(event) => { event.preventDefault(); send(); }}>
      {wild && <p className={styles["hint"]}>{t("agenda.form.wildNote")}</p>}
      <Select label={t("agenda.form.kind")} options={kinds} value={draft.kind} onChange={(kind) => { set({ kind }); }} description={fault("kind")} />
      {text("title", t("agenda.form.title"), draft.title, (title) => { set({ title }); }, { description: t("agenda.form.titleNote") })}
      <div className={styles["pair"]}>
        {text("starts_at", t("agenda.form.starts"), draft.starts, (starts) => { set({ starts }); }, { type: "datetime-local" })}
        {text("ends_at", t("agenda.form.ends"), draft.ends, (ends) => { set({ ends }); }, { type: "datetime-local" })}
      </div>
      <DrawingField label={t("agenda.form.ground")} value={draft.geometry} onChange={setGeometry} places={places} fault={fault("geometry")} />
      <div className={styles["pair"]}>
        {SIZES.map((name) => <div key={name}>{text(name, t(`agenda.form.${name}`), draft.sizes[name], (value) => { set({ sizes: { ...draft.sizes, [name]: value } }); }, { inputMode: "numeric" })}</div>)}
      </div>
      {!wild && (
        <>
          <div className={styles["pair"]}>
            {text("setup_s", t("agenda.form.setup"), draft.setup, (setup) => { set({ setup }); }, { inputMode: "numeric" })}
            {text("teardown_s", t("agenda.form.teardown"), draft.teardown, (teardown) => { set({ teardown }); }, { inputMode: "numeric" })}
          </div>
          {text("closes", t("agenda.form.closes"), draft.closes, (closes) => { set({ closes }); }, { description: t("agenda.form.closesNote") })}
          {(draft.state === "draft" || draft.state === "declared") && (
            <Select label={t("agenda.state")} value={draft.state} onChange={(state) => { set({ state }); }} options={["draft", "declared"].map((id) => ({ id, text: t(`plan.state.${id}`) }))} description={fault("state")} />
          )}
        </>
      )}
      <div className={styles["pair"]}>
        {MEANS.map((name) => <div key={name}>{text("means", t(`planMeans.${name}`), draft.means[name] ?? "", (value) => { set({ means: { ...draft.means, [name]: value } }); }, { inputMode: "numeric" })}</div>)}
      </div>
      {(wild || !draft.declared) && text("attributes", t("agenda.form.knownFrom"), draft.knownFrom, (knownFrom) => { set({ knownFrom }); }, { description: t("agenda.form.knownFromNote") })}
      {plan && text("reason", t("agenda.form.reason"), draft.reason, (reason) => { set({ reason }); })}
      {act.error && faults.length === 0 && <ErrorNote error={act.error} />}
      {faults.length > 0 && <div className={styles["faults"]} role="alert">{t("agenda.form.faults", { count: faults.length })}</div>}
      <p className={styles["acts"]}>
        <Button type="submit" look="primary" isDisabled={act.isPending}>{t(plan ? "agenda.form.keep" : wild ? "agenda.form.report" : "agenda.form.enter")}</Button>
        <Button look="quiet" onPress={() => { close(plan?.plan_id ?? null); }}>{t("agenda.form.leave")}</Button>
      </p>
    </form>
  );
}

export function PlanForm({ form }: { form: string }) {
  const { t } = useTranslation();
  const fresh = form === "new" || form === "wild";
  const plan = usePlan(fresh ? null : form);
  const title = form === "new" ? t("agenda.declare") : form === "wild" ? t("agenda.report") : t("agenda.form.change");
  return (
    <Panel title={title} side="right" takeFocus onClose={() => { close(fresh ? null : form); }}>
      {fresh && <Fields plan={null} wild={form === "wild"} />}
      {!fresh && plan.isPending && <Loading rows={8} />}
      {!fresh && plan.error && <ErrorNote error={plan.error} retry={() => void plan.refetch()} />}
      {!fresh && plan.data && <Fields key={plan.data.tag} plan={plan.data} wild={!plan.data.declared} />}
    </Panel>
  );
}
