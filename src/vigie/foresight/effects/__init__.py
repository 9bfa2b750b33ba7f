"""What an event brings: facts around it against what would have happened without it.

Read in this order: ``bins`` (rings and hours), ``calendar`` and ``city_shape`` (when facts happen
in this city), ``occasion`` (an event and its control windows), ``baseline`` (expected without the
event), ``rates`` and ``profiles`` (pooled by kind of event), ``effect`` (foreseen and measured),
``model`` (all of it, fitted), ``checks`` (how far to believe it), ``similar`` (past events alike),
``telling`` (small counts), ``history`` (the lake).
"""
