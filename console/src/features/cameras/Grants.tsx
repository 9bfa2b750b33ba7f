/** Legal grants of detection: without one in force nothing is analysed, and the screen says so. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useEndGrant, useGrants, type Grant } from "@/api/video";
import { useInstant } from "@/features/cameras/words";
import { useWords } from "@/state/city";
import { setExtra } from "@/state/url";
import { Button } from "@/ui/Button";
import { Checkbox, TextField } from "@/ui/Fields";
import { Icon, type IconName } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/cameras/Cameras.module.css";

const LEAST = 8;
const SIGNS: Record<Grant["state"], { icon: IconName; look: string }> = {
  in_force: { icon: "check", look: "good" }, to_come: { icon: "clock", look: "warn" }, over: { icon: "clock", look: "calm" }, ended: { icon: "close", look: "calm" },
};

function EndForm({ grant, onDone }: { grant: Grant; onDone: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const end = useEndGrant();
  const ready = reason.trim().length >= LEAST;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready) end.mutate({ id: grant.grant_id, reason: reason.trim() }, { onSuccess: onDone });
  };
  return (
    <form className={styles["endForm"]} onSubmit={submit}>
      <TextField label={t("video.grant.why")} description={t("video.grant.whyRule", { count: LEAST })} isRequired minLength={LEAST} maxLength={500} value={reason} onChange={setReason} autoFocus />
      {end.error && <ErrorNote error={end.error} />}
      <p className={styles["buttons"]}>
        <Button look="primary" type="submit" isDisabled={!ready || end.isPending}>{t("video.grant.end")}</Button>
        <Button onPress={onDone}>{t("words.cancel")}</Button>
      </p>
    </form>
  );
}

function Row({ grant, mayEnd }: { grant: Grant; mayEnd: boolean }) {
  const { t } = useTranslation();
  const instant = useInstant();
  const [ending, setEnding] = useState(false);
  const sign = SIGNS[grant.state];
  const live = grant.state === "in_force" || grant.state === "to_come";
  return (
    <tr>
      <th scope="row">
        {grant.occasion}
        <span className={styles["meta"]}>{grant.types.map((one) => t(`video.type.${one}`)).join(" · ")}</span>
      </th>
      <td>
        <span className={[styles["mark"], styles[sign.look]].join(" ")}><Icon name={sign.icon} size={14} />{t(`video.grant.state.${grant.state}`)}</span>
        {grant.ended_at && <span className={styles["meta"]}>{t("video.grant.endedBy", { by: grant.ended_by, at: instant(grant.ended_at), why: grant.end_reason })}</span>}
      </td>
      <td className={styles["words"]}>{grant.legal_basis}<span className={styles["meta"]}>{t("video.grant.order", { order: grant.prefect_order, by: grant.signed_by, at: instant(grant.signed_at) })}</span></td>
      <td className={styles["words"]}>{grant.place}<span className={styles["meta"]}>{t("video.grant.corners", { count: grant.ring.length })} · {grant.cameras.join(", ")}</span></td>
      <td className={styles["short"]}>{instant(grant.from)}<span className={styles["meta"]}>{t("video.grant.to", { at: instant(grant.to) })}</span></td>
      {mayEnd && (
        <td>
          {live && !ending && <Button onPress={() => { setEnding(true); }}>{t("video.grant.endNow")}</Button>}
          {live && ending && <EndForm grant={grant} onDone={() => { setEnding(false); }} />}
        </td>
      )}
    </tr>
  );
}

export function Grants() {
  const { t } = useTranslation();
  const words = useWords();
  const [past, setPast] = useState(false);
  const found = useGrants(past);
  if (found.isPending) return <Loading />;
  if (found.error) return <ErrorNote error={found.error} retry={() => void found.refetch()} />;
  const { items, open, legal_state: law, types, may_give: mayGive, may_end: mayEnd } = found.data;
  return (
    <>
      <div className={open ? styles["opened"] : styles["may"]} role="status">
        <Icon name={open ? "eye" : "shield"} />
        <p><strong>{t(open ? "video.grant.on" : "video.grant.off")}</strong> <span>{t(open ? "video.grant.onNext" : "video.grant.offNext")}</span></p>
      </div>
      <p className={styles["lead"]}>{words(law)}</p>
      <div className={styles["bar"]}>
        {mayGive && <Button look="primary" onPress={() => { setExtra({ grant: "new" }); }}><Icon name="plus" size={16} />{t("video.grant.enter")}</Button>}
        <Checkbox isSelected={past} onChange={setPast}>{t("video.grant.past")}</Checkbox>
      </div>
      {items.length === 0
        ? <Empty title={t("video.grant.none")} next={t(mayGive ? "video.grant.noneNext" : "video.grant.noneNextOther")} />
        : (
          <div className={styles["holder"]}>
            <table className={styles["table"]}>
              <caption className="visually-hidden">{t("video.grants")}</caption>
              <thead>
                <tr>
                  <th scope="col">{t("video.grant.occasion")}</th>
                  <th scope="col">{t("video.state")}</th>
                  <th scope="col">{t("video.grant.basis")}</th>
                  <th scope="col">{t("video.grant.place")}</th>
                  <th scope="col">{t("video.grant.hours")}</th>
                  {mayEnd && <th scope="col"><span className="visually-hidden">{t("video.grant.endNow")}</span></th>}
                </tr>
              </thead>
              <tbody>{items.map((one) => <Row key={one.grant_id} grant={one} mayEnd={mayEnd} />)}</tbody>
            </table>
          </div>
        )}
      <details className={styles["more"]}>
        <summary>{t("video.grant.types", { count: types.length })}</summary>
        <ul className={styles["gaps"]}>
          {types.map((one) => (
            <li key={one.type}>
              <strong>{words(one.title)}</strong>
              <span className={styles["meta"]}>{one.detector === null ? t("video.grant.noDetector") : `${t(`video.grant.proof.${one.proof}`)} ${words(one.limits)}`}</span>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
