/** What each key does in the live room, and whether keys of one letter are heard at all. */
import { Heading } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { KEYS } from "@/features/today/useKeys";
import { setPreferences, usePreferences } from "@/state/preferences";
import { setExtra } from "@/state/url";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Fields";
import { ModalDialog } from "@/ui/ModalDialog";
import styles from "@/features/today/KeysHelp.module.css";

const close = (): void => { setExtra({ keys: null }, "replace"); };

export function KeysHelp() {
  const { t } = useTranslation();
  const { keys } = usePreferences();
  return (
    <ModalDialog onClose={close}>
      <Heading slot="title">{t("keys.title")}</Heading>
      <dl className={styles["keys"]}>
        {KEYS.map((key) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{t(`keys.does.${key === "?" ? "help" : key}`)}</dd></div>)}
        <div><dt><kbd>{t("keys.escape")}</kbd></dt><dd>{t("keys.does.escape")}</dd></div>
      </dl>
      <p className={styles["note"]}>{t("keys.note")}</p>
      <Checkbox isSelected={keys} onChange={(on) => { setPreferences({ keys: on }); }}>{t("keys.heard")}</Checkbox>
      <p><Button look="primary" onPress={close}>{t("security.close")}</Button></p>
    </ModalDialog>
  );
}
