//! Forms that neither a stemmer nor the Russian dictionary joins: the common irregular words of English and
//! Ukrainian, one line a word, the dictionary form first. Written for this project from school grammar; it holds
//! what people say on the telephone, not the whole language.

use std::collections::HashMap;

const ENGLISH: &str = "\
be am is are was were been being
bear bore borne born
beat beaten
become became
begin began begun
bite bit bitten
bleed bled
blow blew blown
break broke broken
bring brought
build built
burn burnt
buy bought
catch caught
child children
choose chose chosen
come came
dig dug
do did done does
draw drew drawn
drink drank drunk
drive drove driven
eat ate eaten
fall fell fallen
feel felt
feed fed
fight fought
find found
flee fled
fly flew flown
foot feet
forget forgot forgotten
freeze froze frozen
get got gotten
give gave given
go went gone goes
good better best
grow grew grown
hang hung
have had has
hear heard
hide hid hidden
hold held
keep kept
know knew known
knife knives
lead led
leave left
lend lent
lie lay lain
life lives
lose lost
make made
man men
mean meant
meet met
mouse mice
pay paid
people person persons
ride rode ridden
ring rang rung
rise rose risen
run ran
say said
see saw seen
sell sold
send sent
shake shook shaken
shoot shot
sing sang sung
sink sank sunk
sit sat
sleep slept
soldier soldiers
speak spoke spoken
spend spent
stand stood
steal stole stolen
strike struck stricken
swear swore sworn
take took taken
teach taught
tear tore torn
tell told
think thought
throw threw thrown
tooth teeth
understand understood
wake woke woken
wear wore worn
wife wives
win won
woman women
worse worst bad
write wrote written";

const UKRAINIAN: &str = "\
людина люди людей людям людьми людях людини людину людиною людині
дитина діти дітей дітям дітьми дітях дитини дитину дитиною дитині
іти йти йду йдеш йде йдемо йдете йдуть іду ідеш іде ідемо ідуть ішов йшов ішла йшла ішло йшло ішли йшли іди йди
піти пішов пішла пішло пішли піду підеш піде підемо підуть
прийти прийшов прийшла прийшло прийшли прийду прийдеш прийде прийдемо прийдуть
вийти вийшов вийшла вийшло вийшли вийду вийде вийдемо вийдуть
бути є був була було були буду будеш буде будемо будете будуть будь будьте
їсти їм їси їсть їмо їдять їв їла їли
їхати їду їдеш їде їдемо їдуть їхав їхала їхали
поїхати поїду поїдеш поїде поїдемо поїдуть поїхав поїхала поїхали
взяти візьму візьмеш візьме візьмемо візьмуть взяв взяла взяли
могти можу можеш може можемо можуть міг могла могло могли
хотіти хочу хочеш хоче хочемо хочуть хотів хотіла хотіли
бачити бачу бачиш бачить бачимо бачать бачив бачила бачили
дати дам даси дасть дамо дадуть дав дала дали
мати матері матір матірю матерів матерям
мама мами мамі маму мамою мамо
батько батька батьку батьком батьки батьків батькам
брат брата брату братові братом брати братів братам братами
син сина сину синові сином сини синів синам синами
дочка дочки дочці дочку дочкою дочок дочкам
сестра сестри сестрі сестру сестрою сестер сестрам
друг друга другу другом друзі друзів друзям друзями
день дня дні днів дням днями
ніч ночі ніччю ночей ночами
рік року роки років роком році рокам роками
кінь коня коні коней
кіт кота коту котом коти котів
око очі очей очам очима
вухо вуха вух вухам
рука руки руці руку рукою рук рукам руками
нога ноги нозі ногу ногою ніг ногам ногами
дім дому дома домом домі доми домів
стіл стола столу столом столи столів
бій бою боєм бої боїв боях
ніж ножа ножем ножі ножів
кров крові кровю
хліб хліба хлібом
село села селі сіл селам селах
вода води воді воду водою
війна війни війні війну війною
я мене мені мною
ти тебе тобі тобою
він його йому ним нього ньому
вона її їй нею неї ній
вони їх їм ними них
ми нас нам нами
ви вас вам вами
хто кого кому ким
що чого чому чим
добрий кращий найкращий краще
поганий гірший найгірший гірше
великий більший найбільший більше
малий менший найменший менше";

/// Form to dictionary forms; a form may belong to several words.
pub(super) struct Irregular {
    english: HashMap<&'static str, Vec<&'static str>>,
    ukrainian: HashMap<&'static str, Vec<&'static str>>,
}

impl Irregular {
    pub(super) fn new() -> Self {
        Self { english: read(ENGLISH), ukrainian: read(UKRAINIAN) }
    }

    pub(super) fn english(&self, word: &str) -> &[&'static str] {
        self.english.get(word).map_or(&[], Vec::as_slice)
    }

    pub(super) fn ukrainian(&self, word: &str) -> &[&'static str] {
        self.ukrainian.get(word).map_or(&[], Vec::as_slice)
    }
}

fn read(table: &'static str) -> HashMap<&'static str, Vec<&'static str>> {
    let mut map: HashMap<&str, Vec<&str>> = HashMap::new();
    for line in table.lines() {
        let lemma = line.split(' ').next().unwrap_or_default();
        for form in line.split(' ') {
            map.entry(form).or_default().push(lemma);
        }
    }
    map
}
