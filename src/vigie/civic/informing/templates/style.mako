:root{color-scheme:light dark}
body{font:1.05rem/1.55 system-ui,sans-serif;margin:0 auto;max-width:44rem;padding:1rem;color:#16202b;background:#fff}
h1{font-size:1.5rem;margin:.5rem 0}
h2{font-size:1.2rem;margin:.25rem 0}
header{display:flex;justify-content:space-between;align-items:baseline;gap:1rem;flex-wrap:wrap}
a{color:#0b4f94}
a:focus-visible{outline:3px solid #0b4f94;outline-offset:2px}
article{border:1px solid #8593a3;border-left-width:.5rem;border-radius:.4rem;padding:.75rem 1rem;margin:1rem 0;overflow-wrap:anywhere}
.extreme,.severe{border-left-color:#b00020}
.moderate{border-left-color:#9a5b00}
.minor,.unknown{border-left-color:#0b4f94}
.over{border-left-color:#8593a3}
.level{font-weight:700;margin:0}
.unreal{border:3px dashed #9a5b00;padding:.5rem 1rem;font-weight:700}
dl{margin:.5rem 0}
dt{font-weight:700}
dd{margin:0 0 .4rem}
footer{font-size:.95rem;border-top:1px solid #8593a3;margin-top:2rem}
@media (prefers-color-scheme:dark){body{color:#e6edf5;background:#10161d}a{color:#8fc4ff}a:focus-visible{outline-color:#8fc4ff}.extreme,.severe{border-left-color:#ff8a94}.moderate,.unreal{border-color:#8593a3;border-left-color:#ffc46b}.minor,.unknown{border-left-color:#8fc4ff}}
