//! Calls that look like speech to an index: words in their inflected forms, frequent and rare by Zipf's law.

use earwitness_find::{CallDocument, TurnDocument};
use earwitness_model::{CallId, Phone, Place};

const TURNS_PER_CALL: usize = 50;

/// Dictionary forms, the most frequent first; their inflected forms come from the Russian dictionary.
const RUSSIAN: &str = "я и не в он что на быть с ты они мы там а как это этот весь у ну да вот так сказать идти \
мама говорить знать хорошо дом человек день брат сейчас можно нет время деньги работа жить год машина дорога ехать \
поехать пойти прийти солдат командир деревня город стрелять снаряд танк миномёт миномет блокпост лес поле река мост \
рота взвод батальон полк часть рука нога голова глаз слово дело жизнь вода хлеб еда спать есть пить дать взять видеть \
смотреть слышать думать понимать хотеть мочь должный делать сделать работать мать отец сын дочь ребёнок сестра жена муж \
друг бабушка дедушка сосед мужик парень девушка женщина мужчина школа больница врач магазин квартира подъезд этаж окно \
дверь стена крыша подвал улица двор земля небо дождь снег холод зима весна лето утро вечер ночь завтра вчера сегодня \
домой здесь потом опять уже ещё только очень много мало плохо большой маленький новый старый хороший плохой последний \
первый другой наш мой твой свой ваш который самый каждый один два три четыре пять десять сто тысяча телефон связь \
позвонить звонить писать письмо фотография документ паспорт карта банк зарплата выплата контракт отпуск приказ война \
мир граница колонна техника автомат пулемёт граната мина осколок ранение раненый погибший пленный госпиталь медик \
санитар разведка артиллерия авиация вертолёт самолёт дрон ракета взрыв огонь дым пожар окоп блиндаж позиция высота \
посёлок станция вокзал поезд автобус самоход бензин топливо генератор свет газ печка дрова баня одежда куртка сапог \
форма каска бронежилет рюкзак нож лопата верёвка палатка сигарета чай кофе сахар каша тушёнка консервы картошка мясо \
рыба курица корова собака кошка лошадь ходить бежать стоять сидеть лежать упасть встать сесть лечь открыть закрыть \
начать кончить остаться вернуться уехать приехать привезти отвезти забрать найти потерять искать ждать просить \
спросить ответить рассказать молчать кричать плакать смеяться бояться верить помнить забыть любить ненавидеть устать \
болеть умереть убить родиться расти учиться служить воевать наступать отступать держать бросить ударить сломать чинить \
строить копать грузить тащить нести резать варить мыть стирать шить платить купить продать украсть обмануть помочь";

const ENGLISH: &str = "i you the to and he a that not it we they is was in on what of have with my there well yes so \
this here all know said say go went mom good home people person man day brother now time money work live year car road \
soldier commander village town house shoot shot shell tank mortar checkpoint forest field river bridge company platoon \
battalion part hand leg head eye word thing life water bread food sleep eat drink give take see look hear think \
understand want can must do did mother father son daughter child children sister wife husband friend grandmother \
neighbour guy girl woman school hospital doctor shop flat floor window door wall roof cellar street yard ground sky rain \
snow cold winter spring summer morning evening night tomorrow yesterday today then again already only very much little \
bad big small new old last first other our your every one two three four five ten hundred thousand phone call write \
letter photo document passport card bank salary contract leave order war peace border column rifle grenade mine wounded \
dead prisoner medic drone rocket explosion fire smoke trench position station train bus fuel light gas stove clothes boots";

const SYLLABLES: [&str; 12] = ["та", "ро", "ки", "ме", "во", "лу", "ша", "бе", "ни", "го", "зы", "пра"];

/// Splitmix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Words by rank, drawn with probability proportional to 1 / (rank + 2.7).
struct Zipf {
    words: Vec<Vec<String>>,
    sums: Vec<f64>,
}

impl Zipf {
    fn new(words: Vec<Vec<String>>) -> Self {
        let mut sum = 0.0;
        let sums = (0..words.len())
            .map(|rank| {
                sum += 1.0 / (rank as f64 + 2.7);
                sum
            })
            .collect();
        Self { words, sums }
    }

    fn draw(&self, random: &mut Random) -> &str {
        let at = random.unit() * self.sums[self.sums.len() - 1];
        let forms = &self.words[self.sums.partition_point(|s| *s < at).min(self.words.len() - 1)];
        &forms[random.below(forms.len())]
    }
}

/// Makes the calls, one after another.
pub struct Generator {
    left: usize,
    number: usize,
    random: Random,
    russian: Zipf,
    english: Zipf,
}

impl Generator {
    pub fn new(turns: usize) -> Self {
        let dictionary = rumorph::Dictionary::bundled().unwrap();
        let forms = |word: &str| {
            let mut forms: Vec<String> = match dictionary.analyze(word).first() {
                Some(analysis) => dictionary.forms(analysis).into_iter().map(|f| f.word).collect(),
                None => Vec::new(),
            };
            forms.push(word.to_owned());
            forms.dedup();
            forms.truncate(16);
            forms
        };
        let russian = Zipf::new(RUSSIAN.split_whitespace().map(forms).collect());
        let english = Zipf::new(ENGLISH.split_whitespace().map(|w| vec![w.to_owned()]).collect());
        Self { left: turns, number: 0, random: Random(1), russian, english }
    }

    fn sentence(&mut self, russian: bool) -> String {
        let mut text = String::new();
        for i in 0..3 + self.random.below(12) {
            if i > 0 {
                text.push_str(if self.random.below(8) == 0 { ", " } else { " " });
            }
            // One word in fifty is a name of some 20,000.
            if russian && self.random.below(50) == 0 {
                let name: String = (0..4).map(|_| SYLLABLES[self.random.below(SYLLABLES.len())]).collect();
                text.push_str(&name);
                text.push_str(["", "во", "ов", "а"][self.random.below(4)]);
            } else if russian {
                text.push_str(self.russian.draw(&mut self.random));
            } else {
                text.push_str(self.english.draw(&mut self.random));
            }
        }
        text.push('.');
        text
    }

    fn number(&mut self) -> Option<Phone> {
        let e164 = format!("+7999{:07}", 1_235_330 + self.random.below(3000) * 7);
        Some(Phone { written: e164.clone(), e164: Some(e164) })
    }

    fn turn(&mut self, index: usize) -> TurnDocument {
        TurnDocument {
            index: index as u32,
            start: index as f64 * 3.0,
            end: index as f64 * 3.0 + 2.5,
            channel: (index % 2) as u16,
            speaker: ["A", "B"][index % 2].to_owned(),
            language: None,
            text: self.sentence(true),
            translation: Some(self.sentence(false)),
            doubtful: self.random.below(20) == 0,
        }
    }
}

impl Iterator for Generator {
    type Item = CallDocument;

    fn next(&mut self) -> Option<CallDocument> {
        if self.left == 0 {
            return None;
        }
        let turns = self.left.min(TURNS_PER_CALL);
        self.left -= turns;
        self.number += 1;
        let id = format!("c{:010x}", self.random.next() >> 24);
        let (month, day, hour) = (2 + self.random.below(8), 1 + self.random.below(28), self.random.below(24));
        let sector = self.random.below(300);
        Some(CallDocument {
            call: CallId::new(id),
            started_at: format!("2022-{month:02}-{day:02}T{hour:02}:15:00+03:00").parse().ok(),
            duration: turns as f64 * 3.0,
            from: self.number(),
            to: self.number(),
            files: vec![format!("audio/{month:02}{day:02}_{:06}.wav", self.number)],
            place: Place {
                latitude: Some(47.0 + (sector % 20) as f64 * 0.2),
                longitude: Some(36.0 + (sector / 20) as f64 * 0.2),
                sector: Some(format!("sector-{sector}")),
            },
            language: Some(if self.random.below(10) == 0 { "uk" } else { "ru" }.to_owned()),
            turns: (0..turns).map(|i| self.turn(i)).collect(),
        })
    }
}
