/** One camera's film in one video element, following the wall's clock. */
import Hls, { ErrorDetails, ErrorTypes, Events, type ErrorData, type LevelDetails } from "hls.js/light";
import { follow, mediaAt, piecesOf, type FilmClock, type Piece } from "@/lib/film";

/** showing: pictures of the clock's instant; gap: none were recorded then; the others say why there are none at all. */
export type TileState = "loading" | "showing" | "gap" | "refused" | "ended" | "failed";

const STEP_MS = 100;
/** A picture begins a trifle after its stamp: asked for exactly, the one before comes. */
const INSIDE_S = 0.01;
const STILL_S = 0.03;
const FAR_S = 2;
const AGAIN_MS = 3000;
const MOST_TRIES = 5;
const HAVE_PICTURE = 2;
const REFUSED = 403;
const GONE = 404;

export class Player {
  private readonly hls: Hls;
  private pieces: Piece[] = [];
  private state: TileState = "loading";
  private tries = 0;
  private readonly timer: number;
  private again = 0;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly tile: string,
    private readonly address: string,
    private readonly clock: FilmClock,
    private readonly tell: (state: TileState) => void,
    private readonly films: Map<string, readonly Piece[]>,
  ) {
    // No worker: the page's policy opens scripts of its own only, and unwrapping fragments costs next to nothing.
    this.hls = new Hls({ enableWorker: false, autoStartLoad: false, maxBufferLength: 12, maxMaxBufferLength: 24, backBufferLength: 12 });
    this.hls.on(Events.MANIFEST_PARSED, (_, data) => {
      this.learn(data.levels[0]?.details);
      this.hls.startLoad(mediaAt(this.pieces, clock.read().instant) ?? -1);
    });
    for (const event of [Events.LEVEL_LOADED, Events.LEVEL_UPDATED, Events.LEVEL_PTS_UPDATED] as const) {
      this.hls.on(event, (_: unknown, data: { details: LevelDetails }) => { this.learn(data.details); });
    }
    this.hls.on(Events.ERROR, (_, data) => { this.fault(data); });
    this.hls.attachMedia(video);
    this.hls.loadSource(address);
    this.timer = window.setInterval(() => { this.step(); }, STEP_MS);
  }

  end(): void {
    window.clearInterval(this.timer);
    window.clearTimeout(this.again);
    this.clock.waits(this.tile, false);
    this.films.delete(this.tile);
    this.hls.destroy();
  }

  private learn(details: LevelDetails | undefined): void {
    if (!details) return;
    this.tries = 0;
    this.pieces = piecesOf(details.fragments);
    this.films.set(this.tile, this.pieces);
  }

  private say(state: TileState): void {
    if (state === this.state) return;
    this.state = state;
    this.tell(state);
  }

  private fault(data: ErrorData): void {
    if (!data.fatal) return;
    const code = data.response?.code;
    if (code === REFUSED || code === GONE) {
      this.hls.stopLoad();
      this.over(code === GONE ? "ended" : "refused");
      return;
    }
    if (data.details === ErrorDetails.LEVEL_EMPTY_ERROR) {
      // Live, a camera may begin at any moment.
      this.say("gap");
      this.again = window.setTimeout(() => { this.hls.loadSource(this.address); }, AGAIN_MS);
      return;
    }
    this.tries += 1;
    if (this.tries > MOST_TRIES) {
      this.over("failed");
      return;
    }
    if (data.type === ErrorTypes.MEDIA_ERROR) {
      this.hls.recoverMediaError();
      return;
    }
    this.again = window.setTimeout(() => { this.hls.loadSource(this.address); }, AGAIN_MS);
  }

  /** Nothing more will come: the tile goes blank and the clock does not wait for it. */
  private over(state: TileState): void {
    window.clearInterval(this.timer);
    this.clock.waits(this.tile, false);
    this.films.delete(this.tile);
    this.hls.detachMedia();
    this.say(state);
  }

  private step(): void {
    const { video, clock } = this;
    const { instant, playing, rate, held } = clock.read();
    const media = mediaAt(this.pieces, instant);
    if (media === null) {
      if (!video.paused) video.pause();
      clock.waits(this.tile, false);
      if (this.pieces.length > 0) this.say("gap");
      return;
    }
    const wanted = media + INSIDE_S;
    const drift = wanted - video.currentTime;
    const way = follow(drift, rate);
    const run = playing && !held;
    if (run) {
      video.playbackRate = way.rate;
      if (way.jump && !video.seeking) video.currentTime = wanted;
      if (video.paused && video.readyState >= HAVE_PICTURE) void video.play().catch(() => { this.say("failed"); });
    } else {
      if (!video.paused) video.pause();
      if (Math.abs(drift) > STILL_S && !video.seeking) video.currentTime = wanted;
    }
    const shown = video.readyState >= HAVE_PICTURE && !video.seeking && Math.abs(drift) < FAR_S;
    clock.waits(this.tile, !shown);
    this.say(shown ? "showing" : "loading");
  }
}
