"""Words by which a sentence of an abstract tells that it states a gap, an approach, a finding or a limit."""

from __future__ import annotations

import re

_WE = r"(?:we|i|this (?:paper|work|study|article|thesis|report|survey|letter|chapter)|(?:the|our) (?:paper|study)|(?:in|with) this \w+, we)"
GAP = re.compile(
    r"^(?:however|but|yet|unfortunately|nevertheless|still|despite|while|although|though)\b|"
    r"\b(?:remains?|remained|still|poses?|is|are|proves?) (?:\w+ ){0,3}?(?:challeng\w+|difficult|unclear|unknown|open|"
    r"unsolved|unexplored|under-?explored|under-?studied|elusive|limited|problem\w*|lacking|scarce|costly|expensive|"
    r"prohibitive|infeasible|intractable|inefficient|insufficient|impractical)\b|"
    r"\b(?:challeng(?:e|es|ing)|bottlenecks?|lacks?|lacking|suffers?|struggl\w+|fail(?:s|ed)?|hinder\w*|hamper\w*|"
    r"limits?|limited|cannot|overlook\w*|neglect\w*|ignor(?:e|es|ed)|difficult\w*|drawbacks?|shortcomings?|"
    r"little (?:is known|attention)|poorly understood|not well understood|at the cost of|gap|costly|expensive|"
    r"degrad\w+|under-?explored|tedious|time-consuming|restrict\w*|inefficien\w+|insufficient\w*|problem)\b",
    re.IGNORECASE,
)
"""What is missing or hard, the reason why a paper was written."""
AIM = re.compile(
    rf"\b{_WE}\b[^.;]{{0,40}}\b(?:address\w*|tackl\w+|stud(?:y|ies)|investigat\w+|aim\w*|seek\w*|ask|explor\w+|consider\w*|"
    r"examin\w+|question)\b|\b(?:aim|goal|purpose|objective|problem|task) (?:of|is|was|in)\b|"
    r"^(?:can|how|what|why|is|are|do|does)\b[^.]*\?",
    re.IGNORECASE,
)
NEW = re.compile(
    rf"\b{_WE}\b[^.;]{{0,60}}?\b(?:propos\w+|introduc\w+|present\w*|develop\w*|design\w*|describ\w+|devis\w+|"
    r"contribut\w+|release\w*|buil[dt]|construct\w*|creat\w+|formulat\w+|provid\w+|offer\w*|unveil\w*|curat\w+|"
    r"conduct\w*|perform\w*|adapt\w*|extend\w*|combin\w+|leverag\w+|employ\w*|us(?:e|ed)|train\w*|report|"
    r"collect\w*|analy[sz]\w+|establish\w*|apply|applied|systemati\w+|bridge|argue\w*|revisit\w*|survey\w*|review\w*)\b|"
    r"\bis (?:proposed|presented|introduced|developed|described)\b|^to (?:address|tackle|solve|overcome|bridge|this end|fill)\b",
    re.IGNORECASE,
)
"""What is new in the paper."""
NAMES_IT = re.compile(
    rf"\b{_WE}\b[^.;]{{0,60}}?\b(?:propos\w+|introduc\w+|present\w*|develop\w*|design\w*|unveil\w*|contribut\w+)\b|"
    r"\bis (?:proposed|presented|introduced|developed)\b",
    re.IGNORECASE,
)
FOUND = re.compile(
    r"\b(?:outperform\w*|achiev\w+|improv(?:e|es|ed|ing|ement|ements)|surpass\w*|exceed\w*|state-of-the-art|sota|reduc(?:e|es|ed|ing|tions?)|"
    r"demonstrat\w+|show(?:s|n|ed)?|find(?:s|ings?)?|found|reveal\w*|results?|experiments?|evaluations?|prove[sd]?|"
    r"attain\w*|reach(?:es|ed)?|gains?|speed-?ups?|faster|better|higher|lower|superior|competitive|significant\w*|"
    r"yield\w*|obtain\w*|conclud\w+|suggest\w*|indicat\w+|confirm\w*|observ\w+|associated|increas\w+|decreas\w+)\b",
    re.IGNORECASE,
)
LIMIT = re.compile(
    r"\blimitations? (?:of (?:our|the (?:proposed|present|current|study|approach|method|model|work)|this)|includ\w+|is|are|was|were)\b|"
    r"\b(?:our|this|the (?:present|proposed)) (?:\w+ ){0,2}?(?:approach|method|model|study|work|analysis|framework|system|"
    r"results?|findings?|evaluation)s? (?:\w+ ){0,2}?(?:(?:is|are|was|were|remains?) (?:still |currently |only )?(?:limited|"
    r"restricted|confined|preliminary)|assumes?|requires?|cannot|do(?:es)? not (?:yet )?(?:address|cover|handle|support|"
    r"generali[sz]e|extend|apply))\b|"
    r"\b(?:future (?:work|research|studies|directions?)|further (?:work|research|studies|investigation)|leave[sd]? (?:\w+ ){0,4}?(?:for|to|as) "
    r"future|needs? (?:to be )?(?:further|more) (?:stud\w+|investigat\w+|research|work)|room for improvement|caveats?|"
    r"(?:is|are|remains?|leaves?) (?:\w+ ){0,4}?(?:open (?:question|problem|challenge)s?|unresolved)|"
    r"drawbacks? of (?:our|this|the proposed)|"
    r"(?:only|still) (?:\w+ ){0,3}?(?:fails?|struggles?|falls? short|lags?)|fall(?:s|ing)? short|"
    r"still (?:far from|lag|struggle|fail|face)\w*|far from (?:human|solved|perfect|reliable)|"
    r"(?:small|limited) sample|should be interpreted with caution|self-reported)\b",
    re.IGNORECASE,
)
"""A limit that the authors name of their own work, or of what they found."""
BUT = re.compile(r"^(?:however|but|yet|nevertheless|unfortunately|nonetheless|despite|although|while)\b|,? but\b|\bthough\b", re.IGNORECASE)
ELSEWHERE = re.compile(
    r"https?://|\bgithub\b|\b(?:code|data(?:set)?s?|models?|weights?|implementations?|demos?|benchmarks?|materials?|project page|"
    r"videos?|scripts?|software|resources?|checkpoints?)\b[^.;]{0,60}\b(?:(?:is|are|be|made|will be|at) (?:\w+ ){0,3}?(?:available|released|accessible|"
    r"open-?sourced?|found)|available)\b|\b(?:we|will) (?:\w+ ){0,2}?(?:release|open-?source|make) (?:\w+ ){0,4}?"
    r"(?:code|data|models?|weights|datasets?|everything|all)\b|©|\ball rights reserved\b|\bcopyright\b|^keywords?\b|"
    r"^(?:project|code|demo|website|homepage|video)\b[^.]{0,20}:",
    re.IGNORECASE,
)
"""Where to find things: says nothing of the work itself."""
