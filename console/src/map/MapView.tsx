/** The map itself: MapLibre for the ground, deck.gl for the data. Loaded lazily; one instance for all screens. */
import type { MapLibreOverlay } from "@deck.gl/maplibre";
import maplibregl from "maplibre-gl/dist/maplibre-gl-csp";
import workerUrl from "maplibre-gl/dist/maplibre-gl-csp-worker.js?url";
import "maplibre-gl/dist/maplibre-gl.css";
import { useQueries } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchBasemap } from "@/api/queries";
import type { FeatureCollection } from "@/api/types";
import { geometryBox, type Box } from "@/lib/bbox";
import { uiScale } from "@/lib/scale";
import { drawIcons } from "@/map/icons";
import { readSession, useSession } from "@/map/drawing";
import { drawingLayers } from "@/map/drawingLayers";
import { drawByPointer, type DrawingMap } from "@/map/drawingPointer";
import { layersOf } from "@/map/layers";
import { postLayers } from "@/map/layers/posts";
import { HoverCard, type Hover } from "@/map/HoverCard";
import { makeOverlay, watchPointer, type Spot } from "@/map/overlay";
import { nextOf, pickOf, type DeckInfo } from "@/map/picking";
import { middleOf, roomBeside, type Room } from "@/map/room";
import { SpotMenu } from "@/map/SpotMenu";
import { oneOutline, zoneLabels } from "@/map/outline";
import { BASEMAP_LAYERS, FIRST_LABEL, LABEL_SOURCE, OUTLINE_SOURCE, outlineLayers, outlineStyle } from "@/map/style";
import styles from "@/map/MapView.module.css";
import { useCityContext, useMay } from "@/state/city";
import { onCommand, setSettled, tellPick, useShownContent, type Command } from "@/state/mapStage";
import { answerLayers } from "@/map/layers/answer";
import { useShownAnswer } from "@/state/answerMap";
import { useShownPosts } from "@/state/mapPosts";
import { useDark } from "@/state/preferences";
import { readUrl, updateUrl, useUrl } from "@/state/url";

maplibregl.setWorkerUrl(workerUrl);

type MapLibre = InstanceType<typeof maplibregl.Map>;

/** How long the map must rest before a question is asked. */
const SETTLE_MS = 160;

function stillWanted(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** The margins that keep what is shown beside the panels that stand now. */
function room(container: HTMLElement): Room {
  const covers = [...document.querySelectorAll("[data-covers-map]")].map((one) => one.getBoundingClientRect());
  return roomBeside(container.getBoundingClientRect(), covers);
}

/** The middle of what is seen of the map, beside the panels. */
function middle(map: MapLibre): Spot {
  const holder = map.getContainer();
  const [right, down] = middleOf(room(holder));
  const [x, y] = [holder.clientWidth / 2 + right, holder.clientHeight / 2 + down];
  const { lng, lat } = map.unproject([x, y]);
  return { x, y, lon: lng, lat };
}

function obey(map: MapLibre, value: Exclude<Command, { type: "ask" }>, home: Box): void {
  const animate = !stillWanted();
  const padding = room(map.getContainer());
  switch (value.type) {
    case "fly":
      map.easeTo({ center: [value.view.lon, value.view.lat], zoom: value.view.zoom ?? Math.max(map.getZoom(), 14), offset: middleOf(padding), animate, duration: 500 });
      break;
    case "fit":
      map.fitBounds(value.box, { padding, maxZoom: 16, animate, duration: 500 });
      break;
    case "zoom":
      map.easeTo({ zoom: map.getZoom() + value.by, animate, duration: 200 });
      break;
    case "home":
      map.fitBounds(home, { padding, animate, duration: 500 });
      break;
  }
}

/** The outline's data, asked once; a city with its own style needs none. */
function useBasemap(enabled: boolean): { failed: boolean; whole: boolean; layers: Record<string, FeatureCollection | undefined> } {
  const answers = useQueries({
    queries: BASEMAP_LAYERS.map((name) => ({
      queryKey: ["basemap", name], enabled, staleTime: Infinity,
      queryFn: ({ signal }: { signal: AbortSignal }) => fetchBasemap(name, signal),
    })),
  });
  return {
    failed: answers.some((one) => one.isError),
    whole: answers.every((one) => !one.isPending),
    layers: Object.fromEntries(BASEMAP_LAYERS.map((name, i) => [name, answers[i]?.data])),
  };
}

export default function MapView() {
  const { t, i18n } = useTranslation();
  const { city } = useCityContext();
  const dark = useDark();
  const content = useShownContent();
  const posts = useShownPosts();
  const answerShown = useShownAnswer();
  const drawing = useSession();
  const drawn = drawing?.drawn ?? null;
  const byPointer = drawing?.active ?? false;
  const holder = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibre | null>(null);
  const overlay = useRef<MapLibreOverlay | null>(null);
  const put = useRef<(FeatureCollection | undefined)[]>([]);
  const [zoom, setZoom] = useState(readUrl().view?.zoom ?? 11);
  const [hover, setHover] = useState<Hover | null>(null);
  const [spot, setSpot] = useState<Spot | null>(null);
  const mayFacts = useMay("read_facts");
  const { screen } = useUrl();
  const asks = mayFacts && screen === "today" && !byPointer;
  const own = !city.style_url;
  const { failed, whole, layers: basemap } = useBasemap(own);
  const icons = useMemo(() => drawIcons(dark), [dark]);
  const startDark = useRef(dark);
  const stage = useRef<HTMLDivElement>(null);
  const answered = content.answer !== null;
  // The city itself is looked at first, not the frame of its outline; known once the coast is there or refused.
  const settledCoast = !own || basemap["coast"] !== undefined || failed;
  const coast = basemap["coast"]?.features[0]?.geometry;
  const home = useMemo<Box>(() => geometryBox(coast) ?? city.bbox, [coast, city.bbox]);
  const label = t("map.label", { city: city.name });

  useEffect(() => {
    if (!holder.current || !settledCoast) return;
    const view = readUrl().view;
    const instance = new maplibregl.Map({
      container: holder.current,
      style: city.style_url ?? outlineStyle(startDark.current, uiScale()),
      ...(view ? { center: [view.lon, view.lat], zoom: view.zoom } : { bounds: home, fitBoundsOptions: { padding: room(holder.current) } }),
      minZoom: 8,
      maxZoom: 19,
      attributionControl: city.style_url ? { compact: true } : false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: stillWanted() ? 0 : 150,
      renderWorldCopies: false,
    });
    instance.touchZoomRotate.disableRotation();
    instance.keyboard.disableRotation();
    const deck = makeOverlay();
    overlay.current = deck;
    let timer: number | null = null;
    const settle = (): void => {
      timer = null;
      const bounds = instance.getBounds();
      const { lng, lat } = instance.getCenter();
      setSettled({ box: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()], zoom: instance.getZoom() });
      setZoom(instance.getZoom());
      updateUrl({ view: { lon: lng, lat, zoom: instance.getZoom() } }, "replace");
    };
    const soon = (): void => {
      if (timer !== null) window.clearTimeout(timer);
      timer = window.setTimeout(settle, SETTLE_MS);
    };
    instance.on("moveend", soon);
    instance.once("load", () => {
      instance.addControl(deck as unknown as maplibregl.IControl);
      performance.mark("vigie-map-ready");
      setMap(instance);
      settle();
    });
    return () => {
      if (timer !== null) window.clearTimeout(timer);
      overlay.current = null;
      put.current = [];
      setMap(null);
      instance.remove();
    };
  }, [city.style_url, settledCoast, home]);

  useEffect(() => {
    holder.current?.querySelector("canvas")?.setAttribute("aria-label", label);
  }, [label, map]);

  /** Somebody asks about a place; on Aujourd'hui alone, where a situation opens. */
  const ask = useCallback((at: Spot | null) => { setSpot(asks ? at : null); }, [asks]);
  useEffect(() => () => { setSpot(null); }, [asks]);

  useEffect(() => (map ? onCommand((value) => {
    if (value.type === "ask") ask(middle(map));
    else obey(map, value, home);
  }) : undefined), [map, home, ask]);

  useEffect(() => {
    if (!map || !own) return;
    const known = BASEMAP_LAYERS.map((name) => basemap[name]);
    // Twice at most: land and sea as soon as they are there, then all of it; each time every tile is cut anew.
    if (!whole && (put.current.length > 0 || !basemap["coast"] || !basemap["water"])) return;
    if (known.every((one, i) => one === put.current[i])) return;
    put.current = known;
    const show = (name: string, data: FeatureCollection): void => { (map.getSource(name) as { setData?: (data: unknown) => void } | undefined)?.setData?.(data); };
    show(OUTLINE_SOURCE, oneOutline(basemap));
    if (basemap["arrondissements"]) show(LABEL_SOURCE, zoneLabels(basemap["arrondissements"]));
  }, [map, own, whole, basemap]);

  useEffect(() => {
    if (!map || !own) return;
    for (const layer of outlineLayers(dark)) {
      for (const [name, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, name, value as never);
    }
  }, [map, own, dark]);

  const onHover = useCallback((info: DeckInfo | null) => {
    if (readSession()?.active) return;
    const pick = info && pickOf(info);
    setHover(pick ? { pick, x: info.x, y: info.y } : null);
    if (map) map.getCanvas().style.cursor = pick ? "pointer" : "";
  }, [map]);

  const asked = spot !== null;
  const onClick = useCallback((infos: DeckInfo[], at: Spot) => {
    if (readSession()?.active) return;
    const pick = nextOf(infos.map(pickOf).filter((one) => one !== null), readUrl().selection);
    if (pick) tellPick(pick);
    // A click beside what was asked puts it away.
    ask(pick || asked ? null : at);
  }, [ask, asked]);

  useEffect(() => (map && overlay.current
    ? watchPointer(map, overlay.current, { hover: onHover, click: onClick, menu: ask, moved: () => { ask(null); } })
    : undefined), [map, onHover, onClick, ask]);

  useEffect(() => (map && byPointer ? drawByPointer(map as unknown as DrawingMap) : undefined), [map, byPointer]);

  useEffect(() => {
    if (!map || !overlay.current) return;
    overlay.current.setProps({
      interleaved: true,
      onAfterRender: () => {
        // Told once, for the measurement of the first paint (e2e/bench-map.mjs).
        if (answered && stage.current && !stage.current.dataset["painted"]) stage.current.dataset["painted"] = String(performance.now());
      },
      layers: [
        ...layersOf(content, { dark, language: i18n.language, zoom, scale: uiScale(), still: stillWanted(), icons, beforeId: own ? FIRST_LABEL : undefined }),
        ...(answerShown ? answerLayers(answerShown, { dark, scale: uiScale(), beforeId: own ? FIRST_LABEL : undefined }) : []),
        ...postLayers(posts, { dark, scale: uiScale() }),
        ...(drawn ? drawingLayers(drawn, { dark, scale: uiScale() }) : []),
      ],
    });
  }, [map, content, answerShown, posts, drawn, answered, dark, i18n.language, zoom, icons, own]);

  return (
    <div ref={stage} className={styles["map"]} data-ready={map ? "true" : "false"} data-testid="map">
      <div ref={holder} className={styles["holder"]} />
      {hover && !spot && <HoverCard hover={hover} />}
      {spot && map && (
        <SpotMenu
          spot={spot} within={{ width: map.getContainer().clientWidth, height: map.getContainer().clientHeight }}
          onClose={() => {
            setSpot(null);
            map.getCanvas().focus();
          }}
        />
      )}
    </div>
  );
}
