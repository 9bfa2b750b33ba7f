"""What an event brings: facts around it against what would have happened without it.

Read in this order: ``bins`` (rings and hours), ``calendar`` and ``city_shape`` (when facts happen in
this city), ``windows`` (an event, its control windows), ``baseline`` (expected without event),
``effect`` (rates by kind of event), ``model`` (all of it, fitted), ``similar`` (past events alike),
``history`` (the lake).
"""
