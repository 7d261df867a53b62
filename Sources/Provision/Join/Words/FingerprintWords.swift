/// The 2048 words of a fingerprint, in alphabetical order.
///
/// Four to six letters; no two begin with the same four or differ by one letter or two swapped ones, and words that
/// sound like another are left out, so that they can be read aloud. Where they come from: decision 6.
enum FingerprintWords {
    static let all: [Substring] = text.split { $0 == " " || $0 == "\n" }

    private static let text = """
        abacus abate abbey abbot abet ablaze able aboard about above abroad abrupt absent absorb absurd accept
        accord accrue accuse ache acid acorn acquit across acting actual acumen acute adage added adhere adjoin
        adjust admit adobe adopt adroit advert advice aerial afar affair affect affirm afford aflame afoot
        afraid after again aged agency aghast agile aglow agree ahead aiming alarm albeit albino album alcove
        alert alias alibi align alive alkali allege allies allot allude ally almost alms aloft alone aloof alpha
        also amaze amber ambush amend amiss amoeba among amount ampere amulet amuse anchor anew angle angst
        animal annex annoy annual anoint anon answer anthem antic antler anvil anyhow anyone anyway apart apathy
        apiece aplomb appall appeal apple apron aptly arable arbor arcade ardent area argue arise armed armory
        armpit army aroma around array arrest arrive arrow artery artful artist ascend ashen ashore aside askew
        asleep aspect aspire assail assert assign assume astray astute atlas atom attach attend attire auburn
        audio august aura author auto autumn avail avenge avoid avow await awake award away awful awning azalea
        azure babied baboon baby back bacon badge baffle bagel bagged bait bakery ballet balm bamboo banal
        bandit bang banjo banner barb barley barman barred barter basic basket bathe bayou bazaar beam beard
        beauty beaver become bedbug bedlam beef beetle befall befit before begin behalf behind behold beige
        being belfry belief belong bemoan bemuse bench benign bereft beside best beta betray better beware
        beyond bias bigger bike bill binary bind bingo biped birch bisect bison bitten blab blame blank bleak
        blimp bliss blithe block blonde bloom blotch blouse blow bluff blunt blurb boat bobbed bobcat bodice
        body boggle boil bonnet bonus booby book boost bootee bore borrow boss botany both bottle bought bound
        bovine bowed boxcar boxer boxing boyish brag braid branch brass brave brawny brazen breach breeze brick
        bridge brief bright brim brine broke bronco brooch brown bruise brush brute bubble bucket buddy budget
        buffer buggy bugle built bulk bumpy bundle burden bureau burlap burp burro bursar bushel busied bustle
        busy butler button buxom buyer buzz bygone bypass byway cabin cacao caddie cadet cagey cajole calico
        call came campus canary cancel candid canine cannot canoe canvas canyon capped captor carat carbon card
        caress cargo carol carpet carry cartel carve cashew casino cask castle casual catch catnip caucus caught
        cause caveat caviar cavort cease cedar celery cement censor chafe chain chalk chance chapel chasm chatty
        cheap cheek cherry chess chew chief child chime chink chip chisel choice choke choose choppy choral
        chosen chrome chubby chuck chug chummy chunky churn chute cider cigar cinema cipher circle citric city
        civil claim clammy clap claret class clean clench clergy clever click client cliff climb clinic clique
        cloak clog close cloth cloud cloven club clumsy clung clutch coach coal cobalt cobble cobra cobweb cocky
        cocoa code coerce coffee cogent cognac cold collie colon column coma comedy comic common compel concur
        condor convey cooing copied copper copy cordon cork corner corpus corral corset cosmos cost cotton cough
        count couple cousin cover cowboy coyote cozily crabby crack cradle craft craggy cramp crane crawl crayon
        crazy create credit creep crept crib crisp critic crocus crook crouch crowd crude crumb crunch cubic
        cuckoo cuddly cupful curdle cure curfew curio curly cursor curtsy custom cutlet cycle cynic dabble daddy
        daemon daft daily dainty damage damp dance danger dapper dare darken data daub daunt dawdle dazzle
        deacon deaden deal debate debris debt debunk decade decent decoy deduce deem deepen deface defeat define
        defy degree delay delete delta delude delve demand demean demise demure denial depart depend depict
        depose depth deputy derive design desk despot detail detect detour device devote diaper diary diesel
        diet differ digest digit dilate dimly dimmed dimple dinghy dinner dipped direct dirge dirty disarm
        dismal disown dispel ditch ditto dive divide docile doctor dodge dodo dogma doing dollar domain domino
        donate done donkey doodle door dopey dorsal dotted double dowdy down dozen drafty dragon drama drape
        draw dream dredge drench dressy drier drift drill drink driven drool drop drove drowse drum dryly dude
        dugout duplex dusky duty duvet dynamo each eager eagle early earth easily east eaten eating ebony echo
        eddy edge edible edit eerie effigy effort egging egoism eighth either elapse elbow eldest elect elegy
        eleven elicit elite else elves embalm embed emblem embody embryo emerge empire employ empty enable
        enamel encase encode ended ending endow enemy energy engage engine engulf enigma enjoy enlist enmity
        enough enrich enroll ensure entail enter entire entry envied enzyme epic epoch equal equip eraser erode
        error erupt escape escort essay estate esteem ethic eulogy eureka evade even every evict evoke evolve
        exact exam except excite excuse exempt exert exhale exhume exile exist exodus exotic expand expect
        expiry export extant extend extol extra exult eyelid fabric facade face facial factor fail fairy falcon
        fallen false family famous fancy farm faster father fatten faucet fault feeble feed feign feline fell
        felon fence fern ferret fervor fetch feudal fiasco fibber fiche fickle fidget field fierce fiesta fifth
        fight figure filch file fillet filmy filter final finger finish first fiscal fish fitful fitted fixed
        fixing fizzy flabby flag flake flash flaunt fleck fleet fleshy flex flier flimsy flinch flirt float
        floor floppy flora floss flown fluent fluffy fluid flunk flurry flute flying foam focus fodder foggy
        foible foist folk follow fondle food forage forbid force forest forget formal forty forum fossil foxy
        foyer frame frank fray free frenzy fresh friend frilly fringe frisky frock frolic from front frosty
        froth froze frugal fruit fuel fully fume fund funny furor fusion fuss futile future gadget gaiety galaxy
        gallon galore gambit gamma gamut garage garble garden garish garlic garnet gasp gaudy gauge gave gawk
        gender genius genre gentle gerbil geyser giant gibe giddy gift giggle ginned girdle girth given glad
        glance glare gleam glen glint global glory glossy glue gnarl gnash gnome goalie goatee goblet godly
        golden golf gopher gorge gosh gossip gotten gourd govern grab grade grand graph grassy graven greasy
        green grew grid grieve grille grime gritty grocer groggy groove grotto group grovel growth grubby grudge
        gruff grumpy grunt guard guess guffaw guide guilty guinea guitar gulch gullet gulp guppy gurgle gyrate
        habit haggle hairdo half halve hamlet hammer hand hangar happen harder harsh hassle hasten haven havoc
        hazard haze header health hearty heat heavy heckle hectic hefty heifer height helium hello helmet help
        herald hereby heroic heyday hiatus hiccup hidden hide high hinge hint hippy hoard hobby hobnob hobo
        hockey holdup holly homage home honest honk hoof hopped horde horn hotbed hotel hotter house howl hubbub
        huddle hued huffy huge human humble humid hung hurl hurry hurtle husk hutch hybrid hyena hyphen iced
        icicle icon idea idiom idly igloo ignite ignore iguana image immune impact impend impish imply impose
        impure inborn inbred inch income incur index indict indoor induce infant infer infix influx inform
        infuse ingest inhale inject injury inlaid inlet inmate inning input insert inside instep intact intend
        into invent invite invoke inward iodine iota iris irony island issue itchy item itself ivory jabbed
        jackal jade jaguar jalopy jargon jaunty jawed jazz jelly jerky jersey jewel jiffy jilt jogger join joke
        jostle jovial joyful joyous judge judo juice jumbo jump jungle junior junta jury just jute kayak keen
        kennel keyed khaki kiln kimono kindle king kiosk kipper kiss kite kiwi knee knelt knob knock knoll
        knotty known koala kosher kudos label ladder laden ladies ladle lagoon lair lambda lament lanky large
        laser late latter laugh laurel lavish lawn laxity layman layout lazy leaf league leaky leapt learn leash
        leave leech leery leeway left legal legend legume lemon lend length lentil leper less letup level levity
        levy liable lichen life liken lilac lily limbo limit linear link lion liquid list litany little livid
        loath local locust lofty logged logic loiter long loony loop loose lots lounge love lower lowly lucid
        luck lumber lunar lunch luxury lyric madam madcap madden madman magic magnet magpie major make mammal
        manage mango manual many maple march margin marina mark maroon marshy martyr marvel mascot mason mass
        matrix matte maul maxim maybe mayhem meadow mealy mean media medley melody melt member memory mentor
        menu mercy mere merit mesh messy meteor method metric middle midst midway mighty mildew milk mimic mine
        minion minnow minute mirage mirror misery misfit mishap misty mitt mixer mobile mock model modify module
        mohair moldy mole molten moment money month moral morgue morose morsel mortar mosaic mother motion
        motley motor motto mousy movie much muffin murky murmur museum mushy music musket mutate mutiny mutual
        myriad myself mystic myth napkin nasal nation natty nature navy nearby nebula neck nectar needle neon
        nephew nestle neuter never newly news newton next nibble nice nickel nifty ninety ninny ninth nitwit
        noble nobody noise nomad norm north nosy notch note notice nougat noun nova novel nozzle nuance nugget
        numb nurse nutmeg nylon oared oases obey object oblige oblong oboe obsess obtain obtuse occupy ocean
        octave ocular oddity oddly odds odious offer office offset often oiled okra older omega omelet omit once
        onion only onrush onset oodles ooze opal opaque open oppose option opus oracle orator orbit orchid
        ordain ordeal organ orient origin ornate outcry outdo outer outfit outing outlaw output outrun outset
        overdo owner oxide oxygen oyster ozone pacify packet pact paddle page pagoda palate pallid paltry panda
        panel paper parade parcel pardon parent parka parlor parody parrot parse party pastel patchy path patio
        patron paunch paying payoff peanut pebble pecan pedant peep pegged pellet penal pencil penny people
        pepper perch period perk permit person peruse pesky petite pewter phase phone photo physic piano pick
        picnic piety pigeon pigpen pilfer pillar pipe piracy piston pithy pivot pixie pizza place plan plaque
        plasma plaza plea pledge plenty pliant plight plot plucky plug plume plunge plural podium poem poetic
        point pokey polar police polka pollen polyp pomp poncho pond pool poppy porous port pose possum postal
        potato potent pounce powder powwow praise prance prawn prefer prepay press pretty price primal prior
        prism privy probe prod prompt prong proof proper proven public pull pulse pupil purity purple pursue
        push puzzle python queen query quest quick quiet quiz quote rabbit radar radio random range rapid rattle
        razor react ready realm reason recall recipe reckon record reflex reform refuse regard region regret
        reject relate rely remain remedy remind remote rename renew rent repair repeat report reread rescue
        resent resist result retire return reveal review revolt rhyme rhythm ribbon rich rigid riot risen risk
        ritual rival river robot robust rocket room rope rotate rout royal rubber rule rural rusty safe saga
        salary salt sample sanity sank satire sauce scale scan scarce scheme school score scotch scrap screen
        script scroll search second secret sect secure seeing seek seldom self senior sense sequel series serve
        settle severe shadow shaken shape sharp shed sheet shell shift shine shock shop short should shove shown
        shut sigma sign silent silly silver since single sixth size sketch skill skirt slang slept slice slip
        slogan slope small smelly smile smith smooth smug snack snag snail sneaky sniff snow soap sober social
        soft solid solo solve soon source south space speak speech spend sphere spigot spin spirit split spoil
        spoke spoof spot spray spread spring spur square stable staff stage stamp stand start status stay steady
        steer step stereo stick stir stolen stone stood story straw stream strict strong struck study stunt
        submit subset subtle subway sudden suffix sugar suing summer sundry superb supply survey swam sweat
        sweep switch sworn syntax system tackle tactic tailor taken talent talk tape target taste taxi teapot
        teeth temple tennis term theft theory thick thieve thing third throw thumb ticket tidy title toast today
        toll tomato tongue tooth topic total touch tour toward trace train trap travel treat trek trend trial
        tricky tried trifle trivia true truly trunk trust truth trying tune tunnel turn tutor twelve twenty
        twice twin twist uncle under undid undo unduly uneasy unify unique unit unless unlike unload unread
        unsafe unseen until untrue unwise update upper upset upside upward urban urgent usable usage used useful
        usual utter vacuum vague valid valley vanish vector vendor venue verb verify verse vessel video view
        vinyl violin virtue vision visual vital voice volume vowel want wash water weary wheel when while wild
        window winter wire wisdom with witty wizard wombat wonder wooden word worker worse worthy writer wrote
        year yellow young zero
        """
}
