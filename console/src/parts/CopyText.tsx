/** A text to take away as it stands: a head, hashes, a command. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import styles from "@/parts/CopyText.module.css";

export function CopyText({ label, text }: { label: string; text: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <div className={styles["copy"]}>
      <pre className={styles["raw"]} tabIndex={0} role="group" aria-label={label}>{text}</pre>
      {window.isSecureContext && (
        <Button look="quiet" onPress={() => { void navigator.clipboard.writeText(text).then(() => { setCopied(true); }, () => { setCopied(false); }); }}>
          <Icon name={copied ? "check" : "copy"} size={14} />
          {t(copied ? "proof.copied" : "proof.copy")}
        </Button>
      )}
    </div>
  );
}
