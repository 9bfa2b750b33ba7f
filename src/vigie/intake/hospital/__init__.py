"""Emergency arrivals by counts only: what a hospital holds is reduced and counted at its edge.

``rpu``, ``hl7v2`` and ``fhir`` reduce what they read to ``Passage``: a site, an instant, a few
groups; nobody's name or birth date leaves them. ``passages`` counts, ``counts`` writes and reads
what may leave, ``mllp`` listens to the hospital's systems, ``state`` keeps what was counted
and ``edge`` holds it all together.
"""
