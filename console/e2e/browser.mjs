/** The system's Chromium; never a downloaded one. Software WebGL, so that it runs anywhere. */
export const CHROMIUM = process.env.VIGIE_CHROMIUM ?? "/usr/bin/chromium";
export const FLAGS = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"];
/** For what is looked at and not timed: the page's own raster without the graphics card, which here is the processor anyway. */
export const CALM = ["--disable-gpu-rasterization", "--disable-gpu-compositing"];
