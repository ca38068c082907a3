"""Words of which no name of a topic is made: those of grammar, and those that papers of all fields share.

The second list is ours. What is also half of a term ("state space", "fixed point") is left out of it.
"""

from ..index.stopwords import STOPWORDS

PLAIN = STOPWORDS | frozenset(
    """
    ability able accelerate accelerates accelerating accordance according account accurate achieve
    achieved achieves achieving across actual added adding addition additionally address addressed
    addresses addressing adopt adopts advance advancements advances advantage advantages agree aim
    aiming aims al align aligning allow allowed allowing allows almost along already also alternative
    although always among amount analyse analyze analyzed analyzing another apart appear appears
    applicable applied apply applying approach approaches appropriate approximate arbitrary arise arises
    around article arxiv aspect aspects assume assumed assuming attain attains attempt attempts
    attention-grabbing attributed author authors available avoid avoids aware based become becomes begin
    behave behind benchmark benchmarks benefit benefits best better beyond break breaking bridging bring
    broad build building builds called capabilities capability capable capture captures capturing
    carefully case cases cause certain challenge challenges challenging chapter characterize
    characterized choose clear close closely collection com combine combined combines combining come
    comes common commonly comparable compare compared comparing comparison compatible competitive
    complement complete comprehensive computationally compute computed computes concept conclude
    conclusion conduct conducted confirm consequence consequently consider consideration considered
    considering considers consist consistent consistently consists construct constructed contain
    contains contrast contribution contributions conventional correct correspond corresponding could
    create created creates creating crucial currently damage dataset datasets day deal dealing decade
    decrease degrade demonstrate demonstrated demonstrates demonstrating denote denoted depend depending
    depends derive derives deriving describe described describes describing designed designing desired
    despite detail detailed details determine determined develop developed developing development
    develops differ different difficult difficulty directly disadvantage discover discovered discuss
    discussed discusses distinguish diverse download dramatically drastically due early easily easy
    effective effectively effectiveness efficiency efficient efficiently effort efforts eg eliminate
    eliminates elsewhere emerge emerged employ employed employing employs enable enables enabling encode
    encounter encourage end enhance enhanced enhances enhancing ensure ensures ensuring entire equal
    equipped equivalent especially essential establish established estimate estimated et etc evaluate
    evaluated evaluating even evidence examine examined example examples exhibit exist existence
    existing exists experiment experimental experiments explain explicit explicitly exploit exploiting
    exploits explore explored explores exploring express extend extended extending extends extensive
    face faced facilitate facilitates facing fact fail fails failure fast faster feasible feature-rich
    few final finally find finding findings finds finer first five fix fixed flexible focus focuses
    focusing follow following follows former formulate formulated formulation found four four-fold
    framework frequently fulfill full fully furthermore future gain gains generalize generally generate
    generated generates generic geq get git github gitlab give given gives giving goal good granted
    great greater greatly growing guided half hand handle happen hard heavily help helps hence
    henceforth high higher highly hold holds hope however http https idea ideal ideas identified
    identifies identify identifying ie illustrate im impact implement implementation implementations
    implemented implementing implies imply importance important improve improved improvement
    improvements improves improving inability include included includes including incorporate
    incorporates increase increased increases increasing increasingly incur indeed indicate indicates
    individual infty inherent insight insights inspired instance instead integrate integrated
    integrating interest interesting interpret intrinsic introduce introduced introduces introducing
    introduction investigate investigated investigates investigating invoke involve involves involving
    issue issues kind kinds known lack large largely larger last latest latter ldots leading leads leave
    led leq let lets leverage leverages leveraging lie lies like likely limitation limitations limited
    limits list literature little long-standing look loss-free lot low made main mainly maintain
    maintaining maintains major make makes making many mathbb mathbf mathcal mathrm may mean means
    measure meet mention method methodology methods might mitigate mitigates modern moreover motivated
    motivation much multiple must naive namely naturally near nearly necessary necessity need needed
    needs never nevertheless new next non nontrivial notable notably note notion novel number numerous
    observation observe observed obtain obtained obtaining obtains occur occurs offer offering offers
    often one ones open opportunities opportunity org original others otherwise ought outcome outcomes
    outperform outperforming outperforms outside overall overcome overview owing own package paper
    papers part particular particularly people per perform performance performed performing performs
    perspectives phenomenon place plays poor popular possible potential potentially powerful practical
    practice precise prefer preliminary present presented presenting presents preserve preserving
    prevent prevents previous previously primarily principled prior problem problems produce produced
    produces producing project prominent promising proof properly properties property propose proposed
    proposes proposing prove proved proven proves provide provided provides providing publicly pure
    purpose quite raise raises rapid rapidly rather reach ready real-world realize reason recall recent
    recently recover reduce reduced reduces reducing regard regarding regardless related released
    relevant relies rely remain remains remarkable report reported reports represent represented
    represents require required requirement requirements requires requiring research resolve respect
    respectively responsible result resulting results rethinking reveal reveals review revisit
    revisiting rich rigorous role routine run same satisfies satisfy say scenario scenarios second
    section see seek seeks seem seems seen sense serve serves serving-up setting settings seven several
    share shed show showed showing shown shows significant significantly similar similarly simple
    simpler simply simultaneously since single situation situations six small smaller so-called solution
    solutions solve solved solves solving some sometimes sort specific specifically stand start starting
    state-of-the-art step steps still straightforward struggle struggling studied studies study studying
    subject substantial substantially success successes successful successfully such suffer suffers
    sufficient suggest suggests suitable superior supports surpassing surprising surprisingly survey
    systematic tackle tackles tackling take taken takes task tasks technique techniques ten tend tends
    term terms tested thanks theme theoretical theory-driven thereby therefore thing think third
    thorough though three throughout thus tight times today together topic topics total toward towards
    trade traditional treat treated tried true try turn turns tutorial two typical typically ubiquitous
    unable unclear underlying understand understanding unfortunately unified unknown unlike unseen upon
    url us usage use used useful usefulness user-friendly uses using usual usually utilize utilized
    utilizes utilizing valid validate variant variants variety various vary vast versatile version
    versus via view viewed vital want way ways website well whenever whereas wherever whether whole wide
    widely wish within without work works world worse worth would www year years yet yield yielding
    yields
    """.split()
)

NOT_ALONE = frozenset(
    """
    answer applications balance bridge code complex component components computing critical cross
    current derived design designs difference effect effects element elements exact extension extensions
    form forms fundamental general implicit key lead level levels limit lower match matches mechanism
    mild minimal mode move natural numerical optimal order perspective point points presence principle
    question questions range real relation relative root scheme set sets simulation simulations source
    special standard state statement strategies strategy strong subset support target test tests upper
    value values zero
    """.split()
)
"""Words that tell something only beside another."""
