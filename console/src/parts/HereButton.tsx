/** "What is going on here?": the situation around a point, for whoever may see facts. */
import { useTranslation } from "react-i18next";
import { useMay } from "@/state/city";
import { openSituationAt } from "@/state/situation";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";

export function HereButton({ lon, lat, takeFocus = false, onOpened }: { lon: number; lat: number; takeFocus?: boolean; onOpened?: () => void }) {
  const { t } = useTranslation();
  const may = useMay("read_facts");
  if (!may) return null;
  return (
    <Button autoFocus={takeFocus} onPress={() => { openSituationAt(lon, lat); onOpened?.(); }}>
      <Icon name="pin" size={16} />{t("situation.here")}
    </Button>
  );
}
