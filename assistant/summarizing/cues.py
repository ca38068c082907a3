"""Words by which a sentence of an abstract tells that it states a gap, an approach, a finding or a limit.

They come from reading abstracts, of computing mostly, and are English.
"""

from __future__ import annotations

import re


def _any(words: str) -> str:
    """A pattern of alternatives: ``_`` stands for a blank, ``*`` for the rest of a word."""
    return "(?:" + "|".join(word.replace("_", " ").replace("*", r"\w*") for word in words.split()) + ")"


def _cue(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


def _up_to(count: int) -> str:
    """So many words at the most, each with its blank."""
    return rf"(?:\w+ ){{0,{count}}}?"


_PAPER = _any("paper work study article thesis report survey letter chapter note")
_WE = rf"(?:we|i|this {_PAPER}|(?:the|our) (?:paper|study|work))"
_NO_STOP = r"[^.;]"

GAP = _cue(
    rf"^{_any('however but yet unfortunately nevertheless still despite while although though')}\b",
    rf"\b{_any('prior previous existing current most traditional conventional')} {_up_to(4)}"
    rf"{_any('focus* rely relies relied depends? requires? assumes?')}\b",
    rf"\b{_any('remains? remained still poses? is are proves?')} {_up_to(3)}"
    rf"{_any('difficult unclear unknown open unsolved unexplored elusive scarce prohibitive infeasible')}\b",
    rf"\b{_any('is are')} {_up_to(3)}{_any('intractable inefficient impractical')}\b",
    r"\bchalleng(?:e|es|ing)\b",
    rf"\b{_any('bottlenecks? lacks? lacking suffers? struggl* fails? failed hinder* hamper* limits? limited')}\b",
    rf"\b{_any('cannot overlook* neglect* ignor(?:e|es|ed) difficult* drawbacks? shortcomings? gap problem')}\b",
    rf"\b{_any('little_is_known little_attention poorly_understood not_well_understood at_the_cost_of')}\b",
    rf"\b{_any('costly expensive degrad* tedious time-consuming restrict* inefficien* insufficient*')}\b",
)
"""What is missing or hard, the reason why a paper was written."""
AIM = _cue(
    rf"\b{_WE}\b{_NO_STOP}{{0,40}}\b"
    rf"{_any('address* tackl* study studies investigat* aim* seek* ask explor* consider* examin* question')}\b",
    r"\b(?:aim|goal|purpose|objective|problem|task) (?:of|is|was|in)\b",
    r"^(?:can|how|what|why|is|are|do|does)\b[^.]*\?",
)
"""What a paper is after."""
NEW = _cue(
    rf"\b{_WE}\b{_NO_STOP}{{0,60}}?\b(?:"
    + _any(
        "propos* introduc* present* develop* design* describ* devis* contribut* release* buil[dt] construct* creat*"
    )
    + "|"
    + _any(
        "formulat* provid* offer* unveil* curat* conduct* perform* adapt* extend* combin* leverag* employ* uses? used"
    )
    + "|"
    + _any(
        "train* report collect* analy[sz]* establish* apply applied systemati* bridge argue* deriv* defin* identif*"
    )
    + "|"
    + _any("generali[sz]* implement* evaluat* benchmark* compar* revisit* survey* review*")
    + r")\b",
    rf"\bthis {_PAPER} {_any('demonstrat* shows? investigat* study studies explor* examin*')}\b",
    rf"\bis {_any('proposed presented introduced developed described')}\b",
    rf"^to {_any('address tackle solve overcome bridge this_end fill')}\b",
)
"""What is new in the paper."""
NAMES_IT = _cue(
    rf"\b{_WE}\b{_NO_STOP}{{0,60}}?\b"
    + _any("propos* introduc* present* develop* design* contribut* (?:re-?)?formulat* reframe* recast*")
    + r"\b",
    rf"\b(?:is|are) {_any('proposed presented introduced developed')}\b",
    rf"^to {_any('address tackle solve overcome bridge fill mitigate alleviate remedy')} [^.]{{0,80}}\bwe\b",
)
"""What is new in the paper, said to be so."""
HERE = _cue(
    rf"\b(?:in|with) (?:this|the present) (?:\w+ )?{_PAPER}\b",
    r"^here,? we\b",
    rf"^(?:this|our|the present) (?:\w+ )?{_PAPER} (?!is\b)",
)
"""That the paper speaks of itself."""
FOUND = _cue(
    rf"\b{_any('outperform* achiev* improv* surpass* exceed* state-of-the-art sota reduc* demonstrat* shows? shown')}\b",
    rf"\b{_any('showed finds? findings? found reveal* results? experiments? evaluations? proves? proved attain*')}\b",
    rf"\b{_any('reach reaches reached gains? speed-?ups? faster better higher lower superior competitive')}\b",
    rf"\b{_any('significant* yield* obtain* conclud* suggest* indicat* confirm* observ* associated increas* decreas*')}\b",
)
"""Words of findings, whosever they are."""
OURS = _cue(
    rf"\b{_any('our the these experimental empirical extensive simulation numerical preliminary')} {_up_to(2)}"
    rf"{_any('results? experiments? findings? evaluations? analys[ie]s')}\b{_NO_STOP}{{0,80}}?\b"
    + _any(
        "show* demonstrat* reveal* suggest* indicat* confirm* verif* validat* shed highlight* support* establish* prove"
    )
    + r"\b",
    rf"\bwe {_up_to(2)}{_any('show find found observe prove demonstrate conclude achieve obtain outperform')}\b",
    rf"\b{_any('outperform* state-of-the-art_performance state-of-the-art_results? state-of-the-art_accuracy')}\b",
)
"""That it is this paper which found something."""
LIMIT = _cue(
    rf"\b{_any('a an one the main major key its our')} (?:\w+ )?limitations? (?:of (?:our|this|the "
    rf"{_any('proposed present current study approach method model work')}) [^.]{{0,60}}?)?{_any('is are includes? lies?')}\b",
    r"^limitations?\b|\bwhile (?:\w+ )?limited to\b|\bdrawbacks? of (?:our|this|the proposed)\b",
    rf"\b(?:our|this|the (?:present|proposed)) {_up_to(2)}"
    rf"{_any('approach method model study work analysis framework system results? findings? evaluation')}s? {_up_to(2)}"
    rf"(?:{_any('is are was were remains?')} (?:still |currently |only )?{_any('limited restricted confined preliminary')}"
    rf"|still {_any('assumes? requires?')}|cannot"
    rf"|do(?:es)? not (?:yet )?{_any('address cover handle support generali[sz]e extend apply')})\b",
    rf"\bfuture {_any('work research studies directions?')} {_any('should could may might must can will is are includes?')}\b",
    rf"\bfurther {_any('work research studies investigation')}\b|\bleave[sd]? {_up_to(4)}(?:for|to|as) future\b",
    rf"\bneeds? (?:to be )?(?:further|more) {_any('stud* investigat* research work')}\b",
    rf"\b{_any('is are remains? leaves?')} {_up_to(4)}(?:open {_any('questions? problems? challenges?')}|unresolved)\b",
    rf"\b(?:only|still) {_up_to(3)}{_any('fails? struggles? falls?_short lags?')}\b|\bfall(?:s|ing)? short\b",
    rf"\bfar from {_any('human solved perfect reliable')}\b|\broom for improvement\b|\bcaveats?\b",
    r"\b(?:small|limited) sample\b|\bshould be interpreted with caution\b|\bself-reported\b",
)
"""A limit that the authors name of their own work, or of what they found."""
BUT = _cue(rf"^{_any('however but yet nevertheless unfortunately nonetheless')}\b")
PRAISE = _cue(
    rf"\b{_any('great remarkable impressive tremendous unprecedented significant exceptional considerable notable')}"
    rf" {_up_to(2)}{_any('success* advance* progress performance capabilit* potential results attention interest')}\b",
    rf"\b{_any('outstanding rapid recent promising')} {_up_to(2)}"
    rf"{_any('success* advance* progress performance results improvements? achievements? development strides')}\b",
)
"""How well a field does."""
DETAIL = _cue(
    rf"^{_any('specifically in_particular concretely more_specifically additionally furthermore moreover also')}\b",
    rf"^{_any('besides finally lastly second third for_example for_instance in_addition')}\b",
    rf"^{_any('to_further further then next as_an?_example as_an?_application notably secondly thirdly')}\b",
    r"\bwe (?:also|further|additionally|finally)\b",
)
"""A sentence that adds to one before it."""
TALK = _cue(
    rf"\b{_any('we is are be and paper survey')} {_up_to(2)}(?:discuss\w*|outlin\w+|point(?:s|ed)? out|summari[sz]e[sd]?)\b",
    r"\bimplications? (?:of|for)\b|\bopens? up\b|^(?:we|finally, we) (?:highlight|identify) ",
    r"\bconcludes? (?:by|with)\b|^more (?:broadly|generally)\b|\b(?:may|can|could|might) be extended\b",
    r"\bwe (?:hope|believe|expect)\b|\bit (?:also )?(?:proposes|presents|introduces)\b",
)
"""That something is talked about, and not what was found."""
_THINGS = _any(
    "code data datasets? models? weights? implementations? demos? benchmarks? materials? project_page videos? scripts? "
    "software resources? checkpoints?"
)
ELSEWHERE = _cue(
    r"https?://|\bgithub\b|©|\ball rights reserved\b|\bcopyright\b|^keywords?\b",
    rf"\b{_THINGS}\b{_NO_STOP}{{0,60}}\b(?:is|are|be|made) {_up_to(3)}{_any('available released accessible open-?sourced?')}\b",
    rf"\b{_THINGS}\b{_NO_STOP}{{0,40}}\bcan be found\b",
    rf"\b(?:we|will) {_up_to(2)}(?:release|open-?source|make) {_up_to(4)}{_any('code data models? weights datasets? all')}\b",
    rf"^{_any('project code demo website homepage video')}\b[^.]{{0,20}}:",
)
"""Where to find things: says nothing of the work itself."""
