/** When deck.gl looks whether anything is to be drawn: in each frame while something is, else a few times a second. */

/** How long after the last drawing each frame is looked at; what moves draws in each of them. */
const AWAKE_MS = 500;
/** How often a map at rest is looked at: for what a layer loads by itself. What the console sets wakes at once. */
const LOOK_MS = 250;

type Frame = (time: number) => void;

/** What deck.gl's loop asks its frames of (luma.gl, `AnimationFrameProvider`). */
export interface FrameProvider {
  requestAnimationFrame: (frame: Frame) => number;
  cancelAnimationFrame: (id: number) => void;
}

export interface Frames { provider: FrameProvider; wake: () => void }

/**
 * Frames for a map that rests: left alone, deck.gl asks for sixty a second and draws none, which keeps the page, the
 * compositor and with them a part of a core busy for as long as a console stands open.
 */
export function restingFrames(): Frames {
  let awakeUntil = 0;
  let timer: number | null = null;
  let frame: number | null = null;
  let wanted: Frame | null = null;
  const stop = (): void => {
    if (timer !== null) window.clearTimeout(timer);
    if (frame !== null) window.cancelAnimationFrame(frame);
    timer = frame = null;
  };
  const next = (): void => {
    timer = null;
    frame = window.requestAnimationFrame((time) => {
      frame = null;
      const asked = wanted;
      wanted = null;
      asked?.(time);
    });
  };
  return {
    provider: {
      requestAnimationFrame: (asked) => {
        stop();
        wanted = asked;
        if (performance.now() < awakeUntil) next();
        else timer = window.setTimeout(next, LOOK_MS);
        return 1;
      },
      cancelAnimationFrame: () => {
        stop();
        wanted = null;
      },
    },
    wake: () => {
      awakeUntil = performance.now() + AWAKE_MS;
      if (timer === null) return;
      window.clearTimeout(timer);
      next();
    },
  };
}
