/** As whom and what for: chosen in the account menu; a borrowed sight is said above everything. */
import { useTranslation } from "react-i18next";
import { useCityContext } from "@/state/city";
import { act, useActing } from "@/state/acting";
import { Button } from "@/ui/Button";
import { Select } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import styles from "@/app/Frame.module.css";

const OWN = "-";

export function ActingFields({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const { account } = useCityContext();
  const { viewAs, purpose } = useActing();
  const change = (what: Parameters<typeof act>[0]): void => {
    onDone();
    act(what);
  };
  return (
    <>
      {account.purposes.length > 1
        ? (
          <Select
            label={t("acting.purpose")} description={t("acting.purposeNote")} value={purpose ?? OWN}
            options={[{ id: OWN, text: t("acting.usual") }, ...account.purposes.map((id) => ({ id, text: t(`purpose.${id}`) }))]}
            onChange={(id) => { change({ purpose: id === OWN ? null : id }); }}
          />
        )
        : account.purposes[0] && <p className={styles["only"]}>{t("acting.onlyPurpose", { purpose: t(`purpose.${account.purposes[0]}`) })}</p>}
      {account.views_as.length > 0 && (
        <Select
          label={t("acting.viewAs")} description={t("acting.viewAsNote")} value={viewAs ?? OWN}
          options={[{ id: OWN, text: t("acting.own") }, ...account.views_as.map((id) => ({ id, text: t(`role.${id}`) }))]}
          onChange={(id) => { change({ viewAs: id === OWN ? null : id }); }}
        />
      )}
    </>
  );
}

export function ViewAsBanner() {
  const { t } = useTranslation();
  const { account } = useCityContext();
  if (!account.view_as) return null;
  return (
    <div className={styles["banner"]} role="status">
      <Icon name="eye" />
      <p><strong>{t("acting.banner", { role: t(`role.${account.view_as}`) })}</strong> {t("acting.bannerNote")}</p>
      <Button onPress={() => { act({ viewAs: null }); }}>{t("acting.leave")}</Button>
    </div>
  );
}
