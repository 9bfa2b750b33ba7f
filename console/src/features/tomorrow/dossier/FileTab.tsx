/** The file of an event: what it holds, part by part, changed as a draft here and kept as a version. */
import type { Geometry } from "geojson";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useEventFile, useSaveFile, type Content, type EventFile, type FileState } from "@/api/dossier";
import { useShowShapes } from "@/features/tomorrow/event/eventMap";
import type { EventTabProps } from "@/features/tomorrow/event/tabProps";
import { FirstAid } from "@/features/tomorrow/dossier/FirstAid";
import { LongField } from "@/features/tomorrow/dossier/LongField";
import { ListSection } from "@/features/tomorrow/dossier/ListSection";
import { LISTS } from "@/features/tomorrow/dossier/parts";
import { Papers } from "@/features/tomorrow/dossier/Papers";
import { Reuse } from "@/features/tomorrow/dossier/Reuse";
import { SaveBar } from "@/features/tomorrow/dossier/SaveBar";
import { shapesOf } from "@/features/tomorrow/dossier/shapes";
import { Versions } from "@/features/tomorrow/dossier/Versions";
import { localDay, parseInstant } from "@/lib/time";
import { DrawingField } from "@/map/DrawingField";
import { useCityContext, useLanguage } from "@/state/city";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/tomorrow/dossier/Dossier.module.css";

function Remarks({ file }: { file: EventFile }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (file.remarks.length === 0) return <p className={styles["meta"]}>{t("dossier.noRemarks")}</p>;
  return (
    <ul className={styles["remarks"]} aria-label={t("dossier.remarks")}>
      {file.remarks.map((one) => (
        <li key={`${one.code}.${one.part}.${one.item}`} className={styles[one.weight]}>
          <Icon name={one.weight === "wrong" ? "warning" : one.weight === "missing" ? "minus" : "eye"} size={14} />
          <span><strong>{t(`dossier.weight.${one.weight}`)}</strong> {one.text[language]}</span>
        </li>
      ))}
    </ul>
  );
}

function Perimeter({ content, open, onOpen, onChange }: { content: Content; open: boolean; onOpen: (id: string | null) => void; onChange?: ((content: Content) => void) | undefined }) {
  const { t } = useTranslation();
  return (
    <section className={styles["plain"]}>
      <div className={styles["line"]}>
        <h3 className={styles["what"]}>{t("dossier.part.perimeter")}</h3>
        <span className={styles["meta"]}>{t(content.perimeter ? "dossier.drawn" : "dossier.none")}</span>
        {onChange && <Button look="quiet" aria-expanded={open} onPress={() => { onOpen(open ? null : "perimeter"); }}>{t(open ? "dossier.fold" : "dossier.redraw")}</Button>}
      </div>
      {open && onChange && (
        <DrawingField label={t("dossier.part.perimeter")} shapes={["area"]} value={(content.perimeter ?? null) as Geometry | null} onChange={(geometry) => { onChange({ ...content, perimeter: geometry as NonNullable<Content["perimeter"]> | null }); }} />
      )}
    </section>
  );
}

function File({ file }: { file: EventFile }) {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const save = useSaveFile(file.plan_id);
  const [draft, setDraft] = useState<Content | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const content = draft ?? file.content;
  const shapes = useMemo(() => shapesOf(content, open), [content, open]);
  useShowShapes(shapes);
  const editable = file.may_alter && (file.state === "draft" || file.state === "under_review");
  const change = editable ? setDraft : undefined;
  const hours = { from: file.starts_at, to: file.ends_at };
  const day = localDay(parseInstant(file.starts_at) ?? 0, city.timezone);
  const keep = (state: FileState, why: string): void => {
    save.mutate({ version: file.version, content, state, why }, { onSuccess: () => { setDraft(null); } });
  };
  return (
    <div className={styles["file"]}>
      <SaveBar file={file} dirty={draft !== null} pending={save.isPending} onSave={keep} onUndo={() => { setDraft(null); }} />
      {save.error && <ErrorNote error={save.error} />}
      {file.scrubbed > 0 && <p className={styles["meta"]}>{t("dossier.scrubbed", { count: file.scrubbed })}</p>}
      {file.may_alter && file.version === 0 && <Reuse planId={file.plan_id} version={file.version} onDone={() => { setDraft(null); }} />}
      <Remarks file={file} />
      <section className={styles["plain"]}>
        {change
          ? <LongField label={t("dossier.part.summary")} value={content.summary ?? ""} onChange={(summary) => { change({ ...content, summary }); }} />
          : content.summary && <p className={styles["told"]}>{content.summary}</p>}
      </section>
      <Perimeter content={content} open={open === "perimeter"} onOpen={setOpen} onChange={change} />
      {LISTS.map((list) => <ListSection key={list.name} list={list} content={content} hours={hours} day={day} open={open} onOpen={setOpen} onChange={change} />)}
      <FirstAid content={content} onChange={change} />
      {file.may_disclose && <Papers planId={file.plan_id} unsaved={draft !== null || file.version === 0} />}
      <Versions planId={file.plan_id} newest={file.version} />
    </div>
  );
}

export default function FileTab({ planId }: EventTabProps) {
  const file = useEventFile(planId);
  if (file.error) return <ErrorNote error={file.error} retry={() => void file.refetch()} />;
  return file.data ? <File key={file.data.version} file={file.data} /> : <Loading rows={10} />;
}
