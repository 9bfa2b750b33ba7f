/**
 * A point, a line or an area in a form: drawn on the map with the pointer, or made of coordinates, of known
 * places and of the centre of the map by the keyboard alone.
 */
import type { Geometry } from "geojson";
import { useCallback, useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { cornerAt, crosses, draw, fromGeometry, LEAST, readCorner, toGeometry, withCorner, without, type Corner, type Drawn, type DrawnShape } from "@/map/drawing";
import { useCityContext } from "@/state/city";
import { command, useSettled } from "@/state/mapStage";
import { Button, IconButton } from "@/ui/Button";
import { Select, TextField } from "@/ui/Fields";
import { Segmented } from "@/ui/Segmented";
import styles from "@/map/Drawing.module.css";

export interface KnownPlace { id: string; text: string; lon: number; lat: number }

export function DrawingField({ label, shapes = ["point", "line", "area"], value, onChange, places = [], fault }: {
  label: string;
  shapes?: readonly DrawnShape[];
  value: Geometry | null;
  /** Told of every change; null while there are too few corners. */
  onChange: (value: Geometry | null) => void;
  /** Places that may be picked by name. */
  places?: readonly KnownPlace[];
  fault?: string | undefined;
}) {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const settled = useSettled();
  const id = useId();
  const [drawn, setDrawn] = useState<Drawn>(() => fromGeometry(value) ?? { shape: shapes[0] ?? "point", corners: [] });
  const [drawing, setDrawing] = useState(false);
  const [text, setText] = useState("");
  const [unread, setUnread] = useState(false);
  const kept = value !== null && fromGeometry(value) === null && drawn.corners.length === 0;

  const change = useCallback((next: Drawn) => {
    setDrawn(next);
    onChange(toGeometry(next));
  }, [onChange]);
  useEffect(() => {
    draw(drawing || drawn.corners.length > 0 ? { drawn, change, active: drawing } : null);
  }, [drawing, drawn, change]);
  useEffect(() => () => { draw(null); }, []);

  const add = (corner: Corner): void => {
    change(withCorner(drawn, corner));
    command({ type: "fly", view: { lon: corner[0], lat: corner[1] } });
  };
  const type = (): void => {
    const corner = readCorner(text, city.bbox);
    setUnread(corner === null);
    if (!corner) return;
    setText("");
    add(corner);
  };
  const missing = LEAST[drawn.shape] - drawn.corners.length;
  return (
    <fieldset className={styles["field"]} aria-describedby={`${id}-hint`}>
      <legend className={styles["legend"]}>{label}</legend>
      {shapes.length > 1 && (
        <Segmented
          label={t("drawing.shape")}
          options={shapes.map((shape) => ({ id: shape, text: t(`drawing.shapes.${shape}`) }))}
          value={drawn.shape}
          onChange={(shape) => { change({ shape, corners: shape === "point" ? drawn.corners.slice(-1) : drawn.corners }); }}
        />
      )}
      <p className={styles["row"]}>
        <Button look={drawing ? "primary" : "plain"} aria-pressed={drawing} onPress={() => { setDrawing(!drawing); }}>{t(drawing ? "drawing.done" : "drawing.draw")}</Button>
        <Button look="quiet" isDisabled={drawn.corners.length === 0} onPress={() => { change(without(drawn, drawn.corners.length - 1)); }}>{t("drawing.undo")}</Button>
        <Button look="quiet" isDisabled={drawn.corners.length === 0 && !kept} onPress={() => { change({ ...drawn, corners: [] }); }}>{t("drawing.clear")}</Button>
      </p>
      <p className={styles["hint"]} id={`${id}-hint`} aria-live="polite">
        {kept ? t("drawing.kept") : missing > 0 ? t("drawing.missing", { count: missing }) : t("drawing.corners", { count: drawn.corners.length })}
      </p>
      {crosses(drawn) && <p className={styles["fault"]} role="alert">{t("drawing.crosses")}</p>}
      {fault && <p className={styles["fault"]} role="alert">{fault}</p>}
      <div className={styles["row"]}>
        <TextField
          label={t("drawing.coordinates")}
          description={unread ? t("drawing.unread") : t("drawing.example", { lat: city.center[1], lon: city.center[0] })}
          value={text}
          isInvalid={unread}
          onChange={setText}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            type();
          }}
        />
        <Button onPress={type}>{t("drawing.add")}</Button>
        <Button
          look="quiet" isDisabled={!settled}
          onPress={() => { if (settled) change(withCorner(drawn, cornerAt((settled.box[0] + settled.box[2]) / 2, (settled.box[1] + settled.box[3]) / 2))); }}
        >
          {t("drawing.centre")}
        </Button>
      </div>
      {places.length > 0 && (
        <Select
          label={t("drawing.place")}
          options={[{ id: "", text: t("drawing.pick") }, ...places.map((place) => ({ id: place.id, text: place.text }))]}
          value=""
          onChange={(picked) => {
            const place = places.find((one) => one.id === picked);
            if (place) add(cornerAt(place.lon, place.lat));
          }}
        />
      )}
      {drawn.corners.length > 0 && (
        <ol className={styles["corners"]} aria-label={t("drawing.list")}>
          {drawn.corners.map((corner, i) => (
            <li key={`${i}-${corner.join()}`}>
              <span>{corner[1]}, {corner[0]}</span>
              <IconButton icon="close" size={14} label={t("drawing.remove", { n: i + 1 })} onPress={() => { change(without(drawn, i)); }} />
            </li>
          ))}
        </ol>
      )}
    </fieldset>
  );
}
