/** The system's Chromium; never a downloaded one. Software WebGL, so that it runs anywhere. */
export const CHROMIUM = process.env.VIGIE_CHROMIUM ?? "/usr/bin/chromium";
export const FLAGS = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"];
