"""Reports on paper: blocks of text, tables, charts and maps, set by typst into tagged PDF/A."""
