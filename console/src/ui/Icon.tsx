/** Line icons on a 20 px grid; decorative, so hidden from assistive technology. */
const PATHS = {
  close: "M5 5l10 10M15 5L5 15",
  filter: "M3 5h14M6 10h8M8.500 15h3",
  list: "M7 5h10M7 10h10M7 15h10M3 5h.01M3 10h.01M3 15h.01",
  sun: "M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7M10 2v1.500M10 16.500V18M2 10h1.500M16.500 10H18M4.300 4.300l1.100 1.100M14.600 14.600l1.100 1.100M15.700 4.300l-1.100 1.100M5.400 14.600l-1.100 1.100",
  moon: "M16 11.500A6.500 6.500 0 1 1 8.500 4a5.200 5.200 0 0 0 7.500 7.500z",
  screen: "M3 4h14v9H3zM7.500 16.500h5M10 13v3.500",
  user: "M10 10.500a3.200 3.200 0 1 0 0-6.500 3.200 3.200 0 0 0 0 6.500M4 17c.6-3 3-4.500 6-4.500s5.400 1.500 6 4.500",
  chevronRight: "M8 5l5 5-5 5",
  chevronDown: "M5 8l5 5 5-5",
  chevronLeft: "M12 5l-5 5 5 5",
  plus: "M10 4v12M4 10h12",
  minus: "M4 10h12",
  target: "M10 3v3M10 14v3M3 10h3M14 10h3M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7",
  retry: "M15.500 8A6 6 0 1 0 16 11.500M16 4v4h-4",
  download: "M10 3v9M6.500 9l3.500 3.500L13.500 9M4 16.500h12",
  warning: "M10 3.500l7.500 13h-15zM10 8.500v3.500M10 14.200h.01",
  check: "M4.500 10.500l3.500 3.500 7.500-8",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6v4l3 2",
  layers: "M10 3l7 4-7 4-7-4zM3 10.500l7 4 7-4M3 14l7 4 7-4",
  calendar: "M3.500 5h13v12h-13zM3.500 8.500h13M7 3v3.500M13 3v3.500",
  chart: "M4 16.500V10M8 16.500V5M12 16.500v-8M16 16.500v-4",
  database: "M4 5.500C4 4 6.700 3 10 3s6 1 6 2.500S13.300 8 10 8 4 7 4 5.500v9C4 16 6.700 17 10 17s6-1 6-2.500v-9M4 10c0 1.500 2.700 2.500 6 2.500s6-1 6-2.500",
  pulse: "M2.500 10.500h3.500l2-6 4 11 2-5h3.500",
  pin: "M10 17.500s5.500-5.200 5.500-9.500a5.500 5.500 0 0 0-11 0c0 4.300 5.500 9.500 5.500 9.500M10 6.200a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
  eye: "M2.500 10S5.200 5 10 5s7.500 5 7.500 5-2.700 5-7.500 5-7.500-5-7.500-5M10 7.800a2.200 2.200 0 1 0 0 4.400 2.200 2.200 0 0 0 0-4.400",
  shield: "M10 2.500l6 2.200v4.800c0 3.800-2.500 6.600-6 8-3.500-1.400-6-4.200-6-8V4.700zM7.300 10l2 2 3.500-4",
  seal: "M10 2.500a5 5 0 1 0 0 10 5 5 0 0 0 0-10M7.800 7.500l1.600 1.600 2.800-3M6.500 11.500L5.500 17.500l4.500-2 4.500 2-1-6",
  print: "M6 7V3h8v4M6 14H3.500V7h13v7H14M6 11.500h8V17H6z",
  copy: "M7 7V3.500h9.500V13H13M3.500 7H13v9.500H3.500z",
  camera: "M2.500 6h10v8h-10zM12.500 9l5-2.500v7l-5-2.500",
  play: "M6.500 4l9 6-9 6z",
  pause: "M7 4.500v11M13 4.500v11",
  expand: "M8 3.500H3.500V8M12 3.500h4.500V8M8 16.500H3.500V12M12 16.500h4.500V12",
  exit: "M8 3.500H4v13h4M12.500 6.500L16 10l-3.500 3.500M16 10H8",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg aria-hidden="true" width={`${size / 16}rem`} height={`${size / 16}rem`} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round">
      <path d={PATHS[name]} />
    </svg>
  );
}
