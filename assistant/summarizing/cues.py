"""Words by which a sentence of an abstract tells that it states a gap, an approach, a finding or a limit."""

from __future__ import annotations

import re

_WE = r"(?:we|i|this (?:paper|work|study|article|thesis|report|survey|letter|chapter)|(?:the|our) (?:paper|study|work))"
GAP = re.compile(
    r"^(?:however|but|yet|unfortunately|nevertheless|still|despite|while|although|though)\b|"
    r"\b(?:prior|previous|existing|current|most|traditional|conventional) (?:\w+ ){0,4}?(?:focus\w*|rel(?:y|ies|ied)|depends?|"
    r"requires?|assumes?)\b|"
    r"\b(?:remains?|remained|still|poses?|is|are|proves?) (?:\w+ ){0,3}?(?:challeng\w+|difficult|unclear|unknown|open|"
    r"unsolved|unexplored|under-?explored|under-?studied|elusive|limited|problem\w*|lacking|scarce|costly|expensive|"
    r"prohibitive|infeasible|intractable|inefficient|insufficient|impractical)\b|"
    r"\b(?:challeng(?:e|es|ing)|bottlenecks?|lacks?|lacking|suffers?|struggl\w+|fail(?:s|ed)?|hinder\w*|hamper\w*|"
    r"limits?|limited|cannot|overlook\w*|neglect\w*|ignor(?:e|es|ed)|difficult\w*|drawbacks?|shortcomings?|"
    r"little (?:is known|attention)|poorly understood|not well understood|at the cost of|gap|costly|expensive|"
    r"degrad\w+|tedious|time-consuming|restrict\w*|inefficien\w+|insufficient\w*|problem)\b",
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
    r"collect\w*|analy[sz]\w+|establish\w*|apply|applied|systemati\w+|bridge|argue\w*|deriv\w+|defin\w+|identif\w+|generali[sz]\w+|implement\w*|evaluat\w+|benchmark\w*|compar\w+|revisit\w*|survey\w*|review\w*)\b|"
    r"\bthis (?:paper|work|study|article|survey) (?:demonstrat\w+|shows?|investigat\w+|stud(?:y|ies)|explor\w+|examin\w+)\b|"
    r"\bis (?:proposed|presented|introduced|developed|described)\b|^to (?:address|tackle|solve|overcome|bridge|this end|fill)\b",
    re.IGNORECASE,
)
"""What is new in the paper."""
NAMES_IT = re.compile(
    rf"\b{_WE}\b[^.;]{{0,60}}?\b(?:propos\w+|introduc\w+|present\w*|develop\w*|design\w*|contribut\w+|"
    r"(?:re-?)?formulat\w+|reframe\w*|recast\w*)\b|\b(?:is|are) (?:proposed|presented|introduced|developed)\b|"
    r"^to (?:address|tackle|solve|overcome|bridge|fill|mitigate|alleviate|remedy) [^.]{0,80}\bwe\b",
    re.IGNORECASE,
)
HERE = re.compile(
    r"\b(?:in|with) (?:this|the present) (?:\w+ )?(?:paper|work|study|note|letter|article|survey|report|thesis|chapter)\b|^here,? we\b|"
    r"^(?:this|our|the present) (?:\w+ )?(?:paper|work|study|note|letter|article|survey|report|thesis|chapter) (?!is\b)",
    re.IGNORECASE,
)
"""That the paper speaks of itself."""
FOUND = re.compile(
    r"\b(?:outperform\w*|achiev\w+|improv(?:e|es|ed|ing|ement|ements)|surpass\w*|exceed\w*|state-of-the-art|sota|reduc(?:e|es|ed|ing|tions?)|"
    r"demonstrat\w+|show(?:s|n|ed)?|find(?:s|ings?)?|found|reveal\w*|results?|experiments?|evaluations?|prove[sd]?|"
    r"attain\w*|reach(?:es|ed)?|gains?|speed-?ups?|faster|better|higher|lower|superior|competitive|significant\w*|"
    r"yield\w*|obtain\w*|conclud\w+|suggest\w*|indicat\w+|confirm\w*|observ\w+|associated|increas\w+|decreas\w+)\b",
    re.IGNORECASE,
)
LIMIT = re.compile(
    r"\b(?:a|an|one|the|main|major|key|its|our) (?:\w+ )?limitations? (?:of (?:our|the (?:proposed|present|current|study|approach|method|model|work)|"
    r"this) [^.]{0,60}?)?(?:is|are|includes?|lies?)\b|^limitations?\b|\bwhile (?:\w+ )?limited to\b|"
    r"\b(?:our|this|the (?:present|proposed)) (?:\w+ ){0,2}?(?:approach|method|model|study|work|analysis|framework|system|"
    r"results?|findings?|evaluation)s? (?:\w+ ){0,2}?(?:(?:is|are|was|were|remains?) (?:still |currently |only )?(?:limited|"
    r"restricted|confined|preliminary)|still (?:assumes?|requires?)|cannot|do(?:es)? not (?:yet )?(?:address|cover|handle|support|"
    r"generali[sz]e|extend|apply))\b|"
    r"\b(?:future (?:work|research|studies|directions?) (?:should|could|may|might|must|can|will|is|are|includes?)|further (?:work|research|studies|investigation)|leave[sd]? (?:\w+ ){0,4}?(?:for|to|as) "
    r"future|needs? (?:to be )?(?:further|more) (?:stud\w+|investigat\w+|research|work)|room for improvement|caveats?|"
    r"(?:is|are|remains?|leaves?) (?:\w+ ){0,4}?(?:open (?:question|problem|challenge)s?|unresolved)|"
    r"drawbacks? of (?:our|this|the proposed)|"
    r"(?:only|still) (?:\w+ ){0,3}?(?:fails?|struggles?|falls? short|lags?)|fall(?:s|ing)? short|"
    r"still (?:far from|lag|struggle|fail|face)\w*|far from (?:human|solved|perfect|reliable)|"
    r"(?:small|limited) sample|should be interpreted with caution|self-reported)\b",
    re.IGNORECASE,
)
"""A limit that the authors name of their own work, or of what they found."""
BUT = re.compile(r"^(?:however|but|yet|nevertheless|unfortunately|nonetheless)\b", re.IGNORECASE)
PRAISE = re.compile(
    r"\b(?:great|remarkable|impressive|tremendous|unprecedented|significant|exceptional|considerable|notable|outstanding|rapid|"
    r"recent|promising) (?:\w+ ){0,2}?(?:success\w*|advance\w*|progress|performance|capabilit\w+|potential|results|attention|"
    r"improvements?|achievements?|interest|development|strides)\b",
    re.IGNORECASE,
)
"""How well a field does."""
OURS = re.compile(
    r"\b(?:our|the|these|experimental|empirical|extensive|simulation|numerical|preliminary) (?:\w+ ){0,2}?"
    r"(?:results?|experiments?|findings?|evaluations?|analys[ie]s)\b[^.;]{0,80}?\b(?:show\w*|demonstrat\w+|reveal\w*|suggest\w*|"
    r"indicat\w+|confirm\w*|verif\w+|validat\w+|shed|highlight\w*|support\w*|establish\w*|prove)\b|"
    r"\bwe (?:\w+ ){0,2}?(?:show|find|found|observe|prove|demonstrate|conclude|achieve|obtain|outperform)\b|"
    r"\b(?:outperform\w*|state-of-the-art (?:performance|results?|accuracy))\b",
    re.IGNORECASE,
)
"""That it is this paper which found something."""
DETAIL = re.compile(
    r"^(?:specifically|in particular|concretely|more specifically|additionally|furthermore|moreover|also|besides|finally|"
    r"lastly|second(?:ly)?|third(?:ly)?|for (?:example|instance)|e\.g\.|in addition|to further|further|then|next|"
    r"as an? (?:example|application)|notably)\b|\bwe also\b|\bwe (?:further|additionally|finally)\b",
    re.IGNORECASE,
)
"""A sentence that adds to one before it."""
TALK = re.compile(
    r"\b(?:we|is|are|be|and|paper|survey) (?:\w+ ){0,2}?(?:discuss\w*|outlin\w+|point(?:s|ed)? out|summari[sz]e[sd]?)\b|"
    r"\bimplications? (?:of|for)\b|\bopens? up\b|^(?:we|finally, we) (?:highlight|identify) |\bconcludes? (?:by|with)\b|"
    r"^more (?:broadly|generally)\b|\b(?:may|can|could|might) be extended\b|\bwe (?:hope|believe|expect)\b|"
    r"\bit (?:also )?(?:proposes|presents|introduces)\b",
    re.IGNORECASE,
)
"""That something is talked about, and not what was found."""
ELSEWHERE = re.compile(
    r"https?://|\bgithub\b|\b(?:code|data(?:set)?s?|models?|weights?|implementations?|demos?|benchmarks?|materials?|project page|"
    r"videos?|scripts?|software|resources?|checkpoints?)\b[^.;]{0,60}\b(?:(?:is|are|be|made|will be|at) (?:\w+ ){0,3}?(?:available|released|accessible|"
    r"open-?sourced?|found)|available)\b|\b(?:we|will) (?:\w+ ){0,2}?(?:release|open-?source|make) (?:\w+ ){0,4}?"
    r"(?:code|data|models?|weights|datasets?|everything|all)\b|©|\ball rights reserved\b|\bcopyright\b|^keywords?\b|"
    r"^(?:project|code|demo|website|homepage|video)\b[^.]{0,20}:",
    re.IGNORECASE,
)
"""Where to find things: says nothing of the work itself."""
