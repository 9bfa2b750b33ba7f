"""Surveillance statistics: is this count more than its own past makes credible?

Every detector answers with the same face, ``Expectation``: what was expected, up to where a count
is still ordinary, how probable one as high is, and on how many values of the past this rests.
Pure numpy and scipy; no input, no output, no clock.
"""
