#!/usr/bin/env python3
"""What the original program says of a few sentences: the fixture of crates/desk/tests/names_reference.rs.

    python3 -m venv venv && venv/bin/pip install slovnet==0.6.0 navec==0.10.0 razdel==0.5.0
    venv/bin/python tools/names_reference.py native/models/names > crates/desk/tests/names_reference.json

For each sentence: its words by razdel, the tag of each by slovnet's NER, and the names as spans of characters. For a few
lines of odd text only the words. The weights are those that `earwitness models fetch names` brings.
"""

import json
import sys
from pathlib import Path

from navec import Navec
from razdel import tokenize
from slovnet import NER

SENTENCES = [
    "Мам, это я, Артём. Не пугайся, я с чужого телефона.",
    "Господи, Тёма, шесть утра. Что случилось? Ты где?",
    "Лёха Зимин погиб под Гомелем, передай его жене Наташе.",
    "Нас перевели из Белгорода в Вербовку, там стоит восемьсот сорок седьмой полк.",
    "Президент России Владимир Путин прибыл в Москву и встретился с Ангелой Меркель.",
    "Я, Лаптев Артём Сергеевич, войсковая часть 99417, третья рота.",
    "Руслан сказал, что Ершов — командир роты, а Малой — водитель.",
    "мам, это я, артём, мы под гомелем",
    "Біля міста Гомеля стояв Микола Шевченко.",
    "В ООН и НАТО заявили, что «Газпром» и ВТБ под санкциями.",
    "Светлана Андреевна, здравствуйте! Это Олег, друг Никиты.",
    "Мы прошли Старую Рудню, Каменный Брод и Заречное.",
    "А Денис?! Денис где... Он же с вами был, в Чернобыле.",
    "Дмитрий Песков дал интервью ТАСС 24.02.2022 в 10:30.",
    "Позвони в комитет солдатских матерей, на улицу Ленина, 5, в Ростов-на-Дону.",
    "Саня-Бобр, Витёк и этот, как его, Степан Гнатович.",
    "Олежку ранило, он в госпитале в Мозыре.",
    "John Smith из New York Times писал об этом Юле.",
    "Всё, пока. Целую!",
    "Алло? :-) Да-да, кто-то из 1/2 роты, 3,14 %... -- «Урал-4320», e-mail: a_b@c.d, ПВО, т.е. сам знаешь!!",
]

ODD = [
    "Что?! Да... -- «Малой», он-то; где-нибудь, 3,14 и 1/2, 10:30.",
    "№5/А, +7 (944) 125-33-08; a_b c.d http://x.y/z?q=1&r=2",
    "ΔP mβж їжа Ґедзь п'ять об’їзд :) ;-) =((( yahoo! ** *** {x} [y] ~ |",
    "слово -то слово- то 12-й 12 -й - - -- --- …? ?… .,",
]


def main():
    folder = Path(sys.argv[1])
    ner = NER.load(folder / "slovnet_ner_news_v1.tar")
    ner.navec(Navec.load(folder / "navec_news_v1_1B_250K_300d_100q.tar"))
    said = []
    for text in SENTENCES:
        words = [token.text for token in tokenize(text)]
        batch = next(ner.infer.encoder([words]))
        scores = ner.infer.model(batch.word_id, batch.shape_id, batch.pad_mask)
        tags = next(iter(ner.infer.decoder(ner.infer.model.head.crf.decode(scores, ~batch.pad_mask))))
        spans = [[span.type, span.start, span.stop] for span in ner(text).spans]
        said.append({"text": text, "words": words, "tags": list(tags), "names": spans})
    odd = [{"text": text, "words": [token.text for token in tokenize(text)]} for text in ODD]
    json.dump({"sentences": said, "odd": odd}, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
