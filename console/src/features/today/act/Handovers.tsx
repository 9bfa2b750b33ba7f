/** Handing the shift over: the note generated, edited, signed; the earlier ones with their versions. */
import { useState } from "react";
import { Label, TextArea, TextField } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useDraft, useHandover, useHandovers, useSignHandover, type HandoverListed } from "@/api/shift";
import { tell } from "@/features/today/act/said";
import { useAt } from "@/features/today/act/useAt";
import { useLanguage } from "@/state/city";
import { Button } from "@/ui/Button";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/today/act/Act.module.css";

interface Editing { text: string; from: string | null; to: string | null; id: string; after: number }

function Editor({ begun, onDone }: { begun: Editing; onDone: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [text, setText] = useState(begun.text);
  const sign = useSignHandover();
  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        sign.mutate({ text, language: language === "en" ? "en" : "fr", from_at: begun.from, to_at: begun.to, handover_id: begun.id, after: begun.after }, { onSuccess: (made) => { tell(t("act.signed", { version: made.version })); onDone(); } });
      }}
    >
      <TextField value={text} onChange={setText} autoFocus>
        <Label>{t("act.handoverText")}</Label>
        <TextArea className={styles["long"] ?? ""} />
      </TextField>
      <p className={styles["meta"]}>{t("act.signNote")}</p>
      <p className={styles["buttons"]}>
        <Button type="submit" look="primary" isDisabled={text.trim() === "" || sign.isPending}>{t("act.sign")}</Button>
        <Button look="quiet" onPress={onDone}>{t("act.cancel")}</Button>
      </p>
      {sign.error && <ErrorNote error={sign.error} />}
    </form>
  );
}

function Signed({ id, mayWrite, onChange }: { id: string; mayWrite: boolean; onChange: (begun: Editing) => void }) {
  const { t } = useTranslation();
  const at = useAt();
  const { data, error, isPending } = useHandover(id);
  if (isPending) return <Loading rows={2} />;
  if (error) return <ErrorNote error={error} />;
  return (
    <>
      {data.map((one, n) => (
        <article key={one.version} className={styles["form"]} aria-label={t("act.version", { version: one.version })}>
          <p className={styles["meta"]}>{t("act.signedBy", { version: one.version, at: at(one.at), role: t(`role.${one.role}`), who: one.by ?? "" })}</p>
          <p className={styles["note"]}>{one.text}</p>
          <p className={styles["hash"]}>{t("act.hash", { hash: one.sha256 })}</p>
          {n === 0 && mayWrite && (
            <p className={styles["buttons"]}>
              <Button onPress={() => { onChange({ text: one.text, from: null, to: null, id, after: one.version }); }}>{t("act.newVersion")}</Button>
            </p>
          )}
        </article>
      ))}
    </>
  );
}

function Listed({ found, shown, onShow }: { found: HandoverListed; shown: boolean; onShow: () => void }) {
  const { t } = useTranslation();
  const at = useAt();
  return (
    <div className={styles["entry"]}>
      <span className={styles["words"]}>
        {t("act.fromTo", { from: at(found.from), to: at(found.to) })}
        <span className={styles["meta"]}>{t("act.signedBy", { version: found.version, at: at(found.at), role: t(`role.${found.role}`), who: found.by ?? "" })}</span>
      </span>
      <Button look="quiet" aria-expanded={shown} onPress={onShow}>{t(shown ? "act.hide" : "act.read")}</Button>
    </div>
  );
}

export function Handovers({ mayWrite }: { mayWrite: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [editing, setEditing] = useState<Editing | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const draft = useDraft();
  const { data, error } = useHandovers();
  const begin = (): void => {
    draft.mutate(language === "en" ? "en" : "fr", { onSuccess: (made) => { setEditing({ text: made.text, from: made.from, to: made.to, id: "", after: 0 }); } });
  };
  return (
    <section className={styles["part"]} aria-label={t("act.handover")}>
      <h3>{t("act.handover")}</h3>
      {mayWrite && editing === null && <p className={styles["buttons"]}><Button look="primary" isDisabled={draft.isPending} onPress={begin}>{t("act.prepare")}</Button></p>}
      {draft.error && <ErrorNote error={draft.error} />}
      {editing && <Editor key={`${editing.id}-${String(editing.after)}`} begun={editing} onDone={() => { setEditing(null); }} />}
      {error && <ErrorNote error={error} />}
      {data?.length === 0 && <p className={styles["meta"]}>{t("act.noHandover")}</p>}
      <ul className={styles["rows"]}>
        {data?.map((one) => (
          <li key={one.handover_id}>
            <Listed found={one} shown={shown === one.handover_id} onShow={() => { setShown(shown === one.handover_id ? null : one.handover_id); }} />
            {shown === one.handover_id && <Signed id={one.handover_id} mayWrite={mayWrite} onChange={setEditing} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
