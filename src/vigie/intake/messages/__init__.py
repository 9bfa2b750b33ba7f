"""Messages that are trees (JSON, XML): read safely, cut to their allow-list, turned into records.

The order is always the same: ``tree`` reads bytes into one plain tree, ``allowed`` removes whatever
the connector does not list (personal fields first), and only what is left is looked at; ``reading``
takes values out of it, and ``rows`` collects records, remarks and refusals of one payload.
"""
