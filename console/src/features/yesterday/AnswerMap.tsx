/** The answer where it is: what colours the map, which of several rows of a place is drawn, which row is chosen. */
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useZoning } from "@/api/queries";
import type { AnalysisInfo, AnalysisResult } from "@/api/types";
import type { Tell } from "@/features/yesterday/words";
import { colourColumns, frameColumn, handleOf, hatches, scaleOf, shapesOf } from "@/lib/answerMap";
import { geometryBox, type Box } from "@/lib/bbox";
import type { Rgba } from "@/lib/colour";
import { COURSE } from "@/lib/courses";
import { decimalText } from "@/lib/numbers";
import { zoneName } from "@/parts/zones";
import { useMapAnswer, type AnswerOnMap, type AnswerShape } from "@/state/answerMap";
import { useLanguage, useWords } from "@/state/city";
import { command } from "@/state/mapStage";
import { useDark } from "@/state/preferences";
import { setExtra, useUrl } from "@/state/url";
import { Select } from "@/ui/Fields";
import styles from "@/features/yesterday/Yesterday.module.css";

/** A box with half its size around it, at least some 4 km across: a cell is seen among others. */
function wide([west, south, east, north]: Box): Box {
  const [dx, dy] = [Math.max((east - west) / 2, LEAST_DEG - (east - west) / 2), Math.max((north - south) / 2, LEAST_DEG - (north - south) / 2)];
  return [west - dx, south - dy, east + dx, north + dy];
}

const LEAST_DEG = 0.02;
const CLEAR: Rgba = [0, 0, 0, 0];

/** The number of the chosen row, from the address. */
export function useChosenRow(result: AnalysisResult): number | null {
  const { extra } = useUrl();
  const row = Number(extra["row"]);
  return extra["row"] && Number.isInteger(row) && row >= 0 && row < result.table.length ? row : null;
}

export function chooseRow(row: number | null): void {
  setExtra({ row: row === null ? null : String(row), frame: null }, "replace");
}

export function AnswerMap({ analysis, result, zoning, tell }: {
  analysis: AnalysisInfo;
  result: AnalysisResult;
  zoning: string | null;
  tell: Tell;
}) {
  const { t } = useTranslation();
  const words = useWords();
  const language = useLanguage();
  const dark = useDark();
  const { extra } = useUrl();
  const place = analysis.geo_column;
  const handle = handleOf(result.columns, place);
  const chosen = useChosenRow(result);
  const zones = useZoning(place && place !== "cell" && place !== COURSE ? (zoning ?? "arrondissement") : null);
  const outlines = useMemo(() => new Map((zones.data?.features ?? []).map((feature) => [zoneName(feature).id, feature.geometry])), [zones.data]);
  const frame = useMemo(() => frameColumn(result.table, place, result.columns), [result, place]);
  const frames = useMemo(() => (frame ? [...new Set(result.table.filter((row) => place !== null && row[place] !== null && row[place] !== "").map((row) => row[frame]))] : []), [result, frame, place]);
  const moment = frame ? (frames.find((one) => String(one) === extra["frame"]) ?? (chosen === null ? frames[frames.length - 1] : result.table[chosen]?.[frame])) : null;
  const choices = useMemo(() => colourColumns(result.columns, result.table, place), [result, place]);
  const by = choices.find((column) => column.name === extra["colour"]) ?? choices.find((column) => column.name === analysis.map_column) ?? choices[0];
  const answer = useMemo<AnswerOnMap | null>(() => {
    if (!by) return null;
    const scale = scaleOf(result.table.map((row) => row[by.name]), dark);
    const found = shapesOf(result.table, place, outlines as never, (row) => frame === null || row[frame] === moment);
    const shapes = found.map((shape): AnswerShape => {
      const row = result.table[shape.row] ?? {};
      const value = row[by.name];
      return {
        ...shape,
        colour: scale.colour(value) ?? CLEAR,
        name: handle ? tell(handle, row[handle]) : "",
        told: shape.withheld ? t("workbench.hatched") : `${words(by)} : ${tell(by.name, value)}${by.unit ? ` ${by.unit}` : ""}`,
      };
    });
    const { length } = scale.classes;
    const sized = (from: number | null, i: number): string => (from === null ? "<" : `${i === length - 1 ? "≥ " : ""}${decimalText(from, language, 2)}`);
    return {
      shapes,
      hatching: hatches(found),
      chosen: shapes.find((shape) => shape.row === chosen) ?? null,
      title: by.unit ? `${words(by)} (${by.unit})` : words(by),
      frame: frame ? tell(frame, moment) : "",
      classes: scale.classes.map(({ from, word, colour }, i) => ({ text: word && word !== "<" ? tell(by.name, word) : sized(from, i), colour })),
      ordered: scale.classes.every((one) => one.word === null || one.word === "<"),
    };
  }, [by, result, place, handle, outlines, frame, moment, chosen, dark, language, tell, words, t]);
  useMapAnswer(answer);
  const shape = answer?.chosen?.geometry;
  useEffect(() => {
    const box = shape ? geometryBox(shape) : null;
    if (box) command({ type: "fit", box: wide(box) });
    // Only when another row is chosen: a new colour does not move the map.
  }, [chosen]); // eslint-disable-line react-hooks/exhaustive-deps
  if (!answer || !by) return null;
  return (
    <div className={styles["mapChoices"]}>
      <Select label={t("workbench.colour")} options={choices.map((column) => ({ id: column.name, text: words(column) }))} value={by.name} onChange={(name) => { setExtra({ colour: name }, "replace"); }} />
      {frame && <Select label={words(result.columns.find((column) => column.name === frame) ?? { fr: frame, en: frame })} options={frames.map((one) => ({ id: String(one), text: tell(frame, one) }))} value={String(moment)} onChange={(one) => { setExtra({ frame: one, row: null }, "replace"); }} />}
      <p className={styles["base"]}>{t("workbench.onMap", { count: answer.shapes.length })}</p>
    </div>
  );
}
