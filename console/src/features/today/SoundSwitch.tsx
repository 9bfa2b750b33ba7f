/** Whether grave alerts sound on this machine, and whether the browser lets them yet. */
import { useTranslation } from "react-i18next";
import { useMay } from "@/state/city";
import { setSound, useSound } from "@/state/sound";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";

export function SoundSwitch({ quiet = false }: { quiet?: boolean }) {
  const { t } = useTranslation();
  const state = useSound();
  if (!useMay("read_facts")) return null;
  const text = t(`sound.${state}`);
  return (
    <Button look={quiet ? "quiet" : "plain"} aria-label={`${text}. ${t("sound.what")}`} onPress={() => { void setSound(state === "off"); }}>
      <Icon name={state === "off" ? "mute" : "bell"} size={16} />{text}
    </Button>
  );
}
