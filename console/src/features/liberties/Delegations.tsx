/** A partner service names its own people, within what it sees itself; who oversees reads whom. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useAddDelegate, useDelegates, useWithdrawDelegate } from "@/api/liberties";
import type { Delegate, DelegateList } from "@/api/types";
import { CopyText } from "@/parts/CopyText";
import { ZoneFields, ZoneName } from "@/features/liberties/ZoneFields";
import { usePartnerTitle, useSourceTitle } from "@/parts/useTitles";
import { useCityContext } from "@/state/city";
import { Button, IconButton } from "@/ui/Button";
import { Checkbox, Select, TextField } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/liberties/Liberties.module.css";

type Bounds = NonNullable<DelegateList["bounds"]>;
const MOST_LOGIN = 80;
const MOST_NAME = 200;
const MOST_ZONES = 200;

/** Feeds by a tick each; none of them would be an account that sees nothing. */
function SourceChoice({ sources, chosen, onChange }: { sources: readonly string[]; chosen: readonly string[]; onChange: (chosen: string[]) => void }) {
  const { t } = useTranslation();
  const title = useSourceTitle();
  return (
    <div role="group" aria-label={t("delegations.which")} className={styles["ticks"]}>
      {sources.map((one) => (
        <Checkbox key={one} isSelected={chosen.includes(one)} onChange={(on) => { onChange(sources.filter((name) => (name === one ? on : chosen.includes(name)))); }}>{title(one)}</Checkbox>
      ))}
    </div>
  );
}

function ZoneChoice({ among, zones, onChange }: { among: readonly string[] | null; zones: readonly string[]; onChange: (zones: string[]) => void }) {
  const { t } = useTranslation();
  const [zone, setZone] = useState("");
  const add = (): void => { onChange([...zones, zone]); setZone(""); };
  return (
    <>
      <div className={styles["fields"]}>
        <ZoneFields zone={zone} onZone={setZone} among={among} />
        <Button isDisabled={!zone || zones.includes(zone) || zones.length >= MOST_ZONES} onPress={add}>{t("delegations.addZone")}</Button>
      </div>
      {zones.length > 0 && (
        <ul className={styles["chosen"]} aria-label={t("delegations.zonesChosen")}>
          {zones.map((one) => (
            <li key={one}><ZoneName zone={one} /><IconButton icon="close" size={14} label={t("delegations.leaveOut", { zone: one })} onPress={() => { onChange(zones.filter((name) => name !== one)); }} /></li>
          ))}
        </ul>
      )}
    </>
  );
}

function Form({ bounds }: { bounds: Bounds }) {
  const { t } = useTranslation();
  const service = usePartnerTitle();
  const [login, setLogin] = useState("");
  const [name, setName] = useState("");
  const [sources, setSources] = useState<string[] | null>(null);
  const [zones, setZones] = useState<string[] | null>(null);
  const added = useAddDelegate();
  const sound = login.trim() !== "" && name.trim() !== "" && sources?.length !== 0 && zones?.length !== 0;
  const all = { id: "all", text: t("delegations.all") };
  const some = { id: "some", text: t("delegations.some") };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!sound) return;
    added.mutate({ login: login.trim(), name: name.trim(), sources, zones }, { onSuccess: () => { setLogin(""); setName(""); setSources(null); setZones(null); } });
  };
  return (
    <form className={styles["form"]} onSubmit={submit}>
      <p className={styles["lead"]}>{t("delegations.lead", { service: service(bounds.service) })}</p>
      <div className={styles["fields"]}>
        <TextField label={t("delegations.login")} name="login" autoComplete="off" isRequired maxLength={MOST_LOGIN} value={login} onChange={setLogin} />
        <TextField label={t("delegations.name")} name="name" autoComplete="off" isRequired maxLength={MOST_NAME} value={name} onChange={setName} />
        {bounds.sources !== null && <Select label={t("delegations.sources")} value={sources === null ? "all" : "some"} options={[all, some]} onChange={(id) => { setSources(id === "all" ? null : [...(bounds.sources ?? [])]); }} />}
        <Select label={t("delegations.zones")} value={zones === null ? "all" : "some"} options={[{ ...all, text: t("delegations.everywhere") }, some]} onChange={(id) => { setZones(id === "all" ? null : []); }} />
      </div>
      {sources !== null && <SourceChoice sources={bounds.sources ?? []} chosen={sources} onChange={setSources} />}
      {zones !== null && <ZoneChoice among={bounds.zones} zones={zones} onChange={setZones} />}
      <div className={styles["sure"]}>
        <Button look="primary" type="submit" isDisabled={!sound || added.isPending}>{t("delegations.add")}</Button>
      </div>
      {added.error && <ErrorNote error={added.error} />}
      {added.data && (
        <>
          <p className={styles["proved"]} role="status"><Icon name="check" />{t("delegations.added", { login: added.data.login })}</p>
          <div className={styles["sure"]}><CopyText label={t("delegations.first")} text={added.data.first_password} /></div>
        </>
      )}
    </form>
  );
}

/** Taking an account back ends its sessions at once: it is asked a second time. */
function Withdraw({ login }: { login: string }) {
  const { t } = useTranslation();
  const [sure, setSure] = useState(false);
  const withdraw = useWithdrawDelegate();
  if (!sure) return <Button aria-label={t("delegations.withdrawWho", { login })} onPress={() => { setSure(true); }}>{t("delegations.withdraw")}</Button>;
  return (
    <>
      {t("delegations.sure", { login })}
      <span className={styles["verdicts"]}>
        <Button look="primary" autoFocus isDisabled={withdraw.isPending} onPress={() => { withdraw.mutate(login); }}>{t("delegations.yes")}</Button>
        <Button onPress={() => { setSure(false); }}>{t("words.cancel")}</Button>
      </span>
      {withdraw.error && <ErrorNote error={withdraw.error} />}
    </>
  );
}

function Row({ one, mayWithdraw }: { one: Delegate; mayWithdraw: boolean }) {
  const { t } = useTranslation();
  const title = useSourceTitle();
  const service = usePartnerTitle();
  const { account } = useCityContext();
  return (
    <tr>
      <th scope="row">{one.name}<span className={styles["meta"]}>{one.login}</span></th>
      <td>{service(one.partner)}{one.head && <span className={styles["meta"]}>{t("delegations.head")}</span>}</td>
      <td className={styles["words"]}>{one.sources === null ? t("delegations.all") : one.sources.map(title).join(", ")}</td>
      <td className={styles["words"]}>{one.zones === null ? t("delegations.everywhere") : <ul>{one.zones.map((zone) => <li key={zone}><ZoneName zone={zone} /></li>)}</ul>}</td>
      <td>{one.granted_by}</td>
      {mayWithdraw && <td>{!one.head && one.login !== account.login && <Withdraw login={one.login} />}</td>}
    </tr>
  );
}

export function Delegations() {
  const { t } = useTranslation();
  const found = useDelegates();
  if (found.isPending) return <Loading />;
  if (found.error) return <ErrorNote error={found.error} retry={() => void found.refetch()} />;
  const { items, bounds } = found.data;
  const mayWithdraw = bounds !== null;
  return (
    <>
      {bounds ? <Form bounds={bounds} /> : <p className={styles["lead"]}>{t("delegations.overseen")}</p>}
      {items.length === 0
        ? <Empty title={t("delegations.none")} next={t("delegations.noneNext")} />
        : (
          <div className={styles["holder"]}>
            <table className={styles["table"]}>
              <caption className="visually-hidden">{t("delegations.title")}</caption>
              <thead>
                <tr>
                  <th scope="col">{t("journal.login")}</th>
                  <th scope="col">{t("delegations.service")}</th>
                  <th scope="col">{t("delegations.sources")}</th>
                  <th scope="col">{t("delegations.zones")}</th>
                  <th scope="col">{t("delegations.by")}</th>
                  {mayWithdraw && <th scope="col"><span className="visually-hidden">{t("delegations.withdraw")}</span></th>}
                </tr>
              </thead>
              <tbody>{items.map((one) => <Row key={one.login} one={one} mayWithdraw={mayWithdraw} />)}</tbody>
            </table>
          </div>
        )}
    </>
  );
}
