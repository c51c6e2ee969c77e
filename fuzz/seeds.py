#!/usr/bin/env python3
"""Make the seed corpora again. Needs the ffmpeg program for the audio; everything else is written here."""

import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path

CORPUS = Path(__file__).resolve().parent / "corpus"
# In the order of NAMES in fuzz_targets/table.rs.
CSV, TSV, JSONL, XLSX, ODS, PLAIN = (bytes([n]) for n in range(6))


def keep(target, name, data):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def zipped(files):
    """A zip with a fixed date, so that the same seeds come out every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2022, 3, 1, 0, 0, 0)), text)
    return out.getvalue()


def tables():
    text = (
        "файл;дата;время;длительность;номер А;номер Б;широта;примечание\r\n"
        "k01.wav;24.02.2022;05:52:10;01:11;+380591104472;8 (944) 125-33-08;51,61820;\r\n"
        'k02.mp3;2022-02-25;20:31:44;61;380591104472;79447702165;;"ребёнок; обрыв"\r\n'
    )
    plain = "file,date,duration,from,to\nk01.wav,2022-02-24T05:52:10+02:00,71.3,+380591104472,+79441253308\n"
    keep("table", "windows-1251.csv", CSV + text.encode("cp1251"))
    keep("table", "utf-8-bom.csv", CSV + b"\xef\xbb\xbf" + text.encode())
    keep("table", "utf-16.csv", CSV + text.encode("utf-16"))
    keep("table", "commas.csv", PLAIN + plain.encode())
    keep("table", "tabs.tsv", TSV + plain.replace(",", "\t").encode())
    keep("table", "quotes.csv", CSV + b'file,note\n"a ""b"".wav","two\nlines"\nshort\nlong,1,2,3\n')
    keep("table", "traversal.csv", CSV + b"file,from\n../../etc/passwd,1\n/abs/olute.wav,2\nC:\\x.wav,3\n")
    rows = [{"file": "k01.wav", "date": "2022-02-24", "duration": 71.3, "to": None}, {"file": "k02.mp3", "n": [1, {"a": "б"}]}]
    keep("table", "rows.jsonl", JSONL + "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    xlsx = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="calls" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>файл</t></is></c><c r="B1" t="inlineStr"><is><t>дата</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>k01.wav</t></is></c><c r="B2"><v>44616.2445</v></c></row></sheetData></worksheet>',
    }
    keep("table", "sheet.xlsx", XLSX + zipped(xlsx))
    of = "urn:oasis:names:tc:opendocument:xmlns"
    ods = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{of}:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        "content.xml": f'<office:document-content xmlns:office="{of}:office:1.0" xmlns:table="{of}:table:1.0" xmlns:text="{of}:text:1.0"><office:body><office:spreadsheet><table:table table:name="calls"><table:table-row><table:table-cell office:value-type="string"><text:p>file</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="string"><text:p>k01.wav</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>',
    }
    keep("table", "sheet.ods", ODS + zipped(ods))


def canonical(value):
    """RFC 8785, for values that hold only texts, whole numbers and objects of them."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def ledger(entries):
    lines, previous = [], "0" * 64
    for seq, (act, subject, payload) in enumerate(entries, 1):
        entry = {
            "act": act, "actor": "Anna", "payload_sha256": hashlib.sha256(canonical(payload).encode()).hexdigest(),
            "previous": previous, "seq": seq, "subject": subject, "time": f"2026-11-23T12:00:0{seq}Z",
        }  # fmt: skip
        previous = hashlib.sha256(canonical(entry).encode()).hexdigest()
        lines.append(canonical({**entry, "payload": payload, "hash": previous}) + "\n")
    return lines


def ledgers():
    lines = ledger([("archive.made", "archive", {}), ("recording.sealed", "аб", {"name": "k01.wav", "bytes": 3}), ("x.y", "z", {"ё": {}})])
    keep("ledger", "three", "".join(lines).encode())
    keep("ledger", "reordered", "".join([lines[1], lines[0]]).encode())
    keep("ledger", "no-end", "".join(lines)[:-1].encode())
    keep("ledger", "empty", b"")


def audio():
    tone = ["ffmpeg", "-v", "error", "-y", "-bitexact", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=8000:duration=0.3"]
    kinds = {
        "pcm.wav": ["-c:a", "pcm_s16le", "-f", "wav"], "alaw.wav": ["-c:a", "pcm_alaw", "-f", "wav"],
        "mulaw-stereo.wav": ["-c:a", "pcm_mulaw", "-ac", "2", "-f", "wav"], "ima.wav": ["-c:a", "adpcm_ima_wav", "-f", "wav"],
        "ms.wav": ["-c:a", "adpcm_ms", "-f", "wav"], "float.wav": ["-c:a", "pcm_f32le", "-f", "wav"],
        "tone.flac": ["-f", "flac"], "tone.mp3": ["-c:a", "libmp3lame", "-b:a", "16k", "-f", "mp3"],
        "opus.ogg": ["-c:a", "libopus", "-b:a", "12k", "-f", "ogg"], "vorbis.ogg": ["-c:a", "libvorbis", "-f", "ogg"],
        "aac.m4a": ["-c:a", "aac", "-b:a", "16k", "-f", "ipod"], "tone.aac": ["-c:a", "aac", "-b:a", "16k", "-f", "adts"],
    }  # fmt: skip
    for name, options in kinds.items():
        done = subprocess.run([*tone, "-map_metadata", "-1", "-fflags", "+bitexact", *options, "-"], capture_output=True)
        if done.returncode != 0 and options[-1] == "ipod":  # MP4 needs a file to seek in
            path = CORPUS / "header" / name
            done = subprocess.run([*tone, "-map_metadata", "-1", "-fflags", "+bitexact", *options, str(path)], capture_output=True)
            continue
        if done.returncode == 0:
            keep("header", name, done.stdout)
        else:
            print(f"{name}: {done.stderr.decode().strip()}")
    # No encoder for GSM and AMR in Debian's ffmpeg: the start of the fictional calls.
    calls = CORPUS.parent.parent / "demo" / "delivery" / "audio"
    gsm = bytearray((calls / "0301_184439_k05.wav").read_bytes()[: 60 + 65 * 15])
    keep("header", "gsm.wav", bytes(gsm))
    keep("header", "amr.amr", (calls / "0303_210219_k33.amr").read_bytes()[: 6 + 32 * 20])
    keep("header", "truncated.mp3", (calls / "0312_220850_k39.mp3").read_bytes()[:1500])
    keep("header", "text.wav", (calls / "0318_150000_k38.wav").read_bytes())
    keep("header", "id3", b"ID3\x04\x00\x00\x00\x00\x00\x0aTIT2\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00")
    keep("header", "huge-claim.wav", b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\1\0\2\0\x40\x1f\0\0\0\x7d\0\0\4\0\x10\0data\xff\xff\xff\xff\0\0")


def texts():
    form = (
        "# earwitness transcript\n# call: c0123456789\n# base: r0123456789ab\n\n"
        "[0:03.568 - 0:08.008] A (ch1): Мам, это я, Артём.\n   > Mom, it's me, Artyom.\n   ?? low confidence: 0.31 on average\n\n"
        "[0:08.5 - 0:09.0] B (ch2): /unintelligible/\n"
        "[0:10.0 - 0:15.0] A (ch1): Да | B: Что | нет.\n[0:12.0] B: середина\n"
    )
    keep("text_form", "whole.txt", form.encode())
    keep("text_form", "windows.txt", form.replace("\n", "\r\n").encode("cp1251", "replace"))
    keep("text_form", "utf-16.txt", form.encode("utf-16"))
    keep("text_form", "times.txt", form.replace(" - ", " – ").replace(".", ",").encode())
    keep("text_form", "broken.txt", "# earwitness transcript\n[0:99:99 - ] (ch0)\n[[\n> alone\n?? alone\n".encode())


def queries():
    asked = [
        "мама снаряд", "мама OR отец -учения", '"на блокпосту"', "=людей", '="мы пошли"', "снаряд*", "Изюм~2", "(а ИЛИ б) НЕ в",
        "приказ from:+7944* date:2022-03-01..2022-03-31 near:50.78,29.84,15", "phone:3308 lang:uk has:translation -has:doubt",
        'file:"a b" sector:КБ-0417* speaker:A channel:0 call:c01', "из-за «кавычки» „нижние“", "((((", "- OR ~*", "date:2022..",
    ]  # fmt: skip
    for number, text in enumerate(asked):
        keep("query", f"{number:02}", text.encode())


def claims():
    piece = {"key": "D2", "kind": "unit_roster", "title": "Page of a roster", "sha256": "5e" * 32, "size": 638, "name": "roster.jpg",
             "source": "sent on a card", "url": "https://example.org/a", "captured_at": "2022-04-11T10:30:00+03:00"}  # fmt: skip
    full = {"key": "k08.c3", "call": "c0123456789", "turn": 11, "last": 13, "words": "свои", "seconds": {"start": 40.25, "end": 44.1},
            "transcript": "r0123456789ab", "kind": "death", "who": "a private", "what": "One man was killed", "where": None,
            "when": "2022-03-02/2022-03", "basis": "hearsay", "evidence": [{"key": "D2", "says": "denies", "why": "line 09"}]}  # fmt: skip
    least = {"key": "a", "call": "k01.wav", "turn": 0, "kind": "x", "what": "y", "basis": "firsthand"}

    def file(**parts):
        return json.dumps({"form": "earwitness-claims-1", **parts}, ensure_ascii=False).encode()

    keep("claims", "full.json", file(evidence=[piece], claims=[full, least]))
    keep("claims", "empty.json", file())
    keep("claims", "bom.json", b"\xef\xbb\xbf" + file(claims=[least]))
    keep("claims", "wrong.json", file(evidence=[{"key": ""}], claims=[{**full, "turn": -1, "seconds": [1], "basis": "rumour", "new": 1}, 7]))
    keep("claims", "twice.json", b'{"form":"earwitness-claims-1","claims":[],"claims":[]}')
    keep("claims", "deep.json", b'{"form":' + b"[" * 200)


if __name__ == "__main__":
    tables()
    ledgers()
    audio()
    texts()
    queries()
    claims()
