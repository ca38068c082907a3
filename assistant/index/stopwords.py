"""English words that say nothing about a paper, questions' words among them.

In a small collection "how" is rarer than "graph", and inverse document frequency would make it the
more telling of the two. The list is Snowball's for English (Porter, BSD licence), without contractions,
which the tokeniser splits, and with the pieces that it leaves of them.
"""

STOPWORDS = frozenset(
    """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her
    hers herself it its itself they them their theirs themselves what which who whom this that these
    those am is are was were be been being have has had having do does did doing would should could
    ought a an the and but if or because as until while of at by for with about against between into
    through during before after above below to from up down in out on off over under again further
    then once here there when where why how all any both each few more most other some such no nor not
    only own same so than too very can will just now
    s t d ll m re ve don didn doesn isn aren wasn weren won couldn shouldn wouldn hasn haven hadn
    """.split()
)
