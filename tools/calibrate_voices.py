#!/usr/bin/env python3
"""From cosines of voiceprints to log likelihood ratios: how the constants of crates/desk/src/voices/score.rs were found.

    calibrate_voices.py gather  OUT [--librispeech DIR] [--digits DIR] [--interviews DIR] [--golos DIR] [--two-channel DIR]
    calibrate_voices.py measure DATA NETWORK.onnx        every side of every voice through a telephone -> DATA/sides.npz
    calibrate_voices.py fit     DATA [--boot 500]        constants, error rates with intervals, score normalisation
    calibrate_voices.py corpus  CORPUS NETWORK.onnx      the synthetic voices of the corpus: curve, equal error rate

Needs numpy, scipy, soundfile, onnxruntime, kaldi_native_fbank; the programs ffmpeg and sox (for AMR). docs/voices.md names the data
and says what the figures are worth. Everything random has a fixed seed.
"""
import argparse, csv, json, subprocess, tempfile, zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import soundfile
from scipy.optimize import minimize
from scipy.signal import butter, lfilter, resample_poly, sosfilt

RATE, UNIT, PIECE = 16000, 5, 10  # Hz; seconds of a voice cut into units; seconds of one voiceprint piece
LENGTHS = (5, 10, 20, 40)  # net seconds of a side
SIDES_FILE = "sides.npz"
SIDES = {5: 5, 10: 4, 20: 3, 40: 2}  # at most so many sides of each length from one voice


def load(path, channel=None):
    """Samples at 16 kHz, one channel."""
    if path.suffix in (".wav", ".flac") and channel is None:
        try:
            x, rate = soundfile.read(path, dtype="float32", always_2d=True)
            return resample_poly(x.mean(1), RATE, rate).astype(np.float32)
        except soundfile.LibsndfileError:
            pass
    pan = ["-af", f"pan=mono|c0=c{channel}"] if channel is not None else ["-ac", "1"]
    command = ["ffmpeg", "-v", "error", "-i", str(path), *pan, "-ar", str(RATE), "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.float32)


def spoken(x):
    """Without its pauses: 20 ms frames within 35 dB of the loud ones, and 100 ms around them."""
    frames = x[: len(x) // 320 * 320].reshape(-1, 320)
    if len(frames) < 11:
        return x
    level = 10 * np.log10((frames**2).mean(1) + 1e-10)
    loud = np.convolve(level > np.percentile(level, 95) - 35, np.ones(11), "same") > 0
    return frames[loud].reshape(-1)


# ---------------------------------------------------------------- gather

def gather(args):
    """One folder per person with net speech of at most 200 s, and persons.tsv: person, sex, source."""
    out, rows = Path(args.out), []

    def keep(person, sex, source, parts, most=200):
        x = np.concatenate([p / (np.sqrt((p**2).mean()) + 1e-9) * 0.05 for p in parts if len(p) > 1600])[: most * RATE]
        if len(x) >= UNIT * RATE:
            np.save(out / f"{person}.npy", (np.clip(x, -1, 1) * 32767).astype(np.int16))
            rows.append((person, sex, source))

    out.mkdir(parents=True, exist_ok=True)
    some = lambda files, n: [spoken(load(f)) for f in sorted(files)[:: max(1, len(files) // n)][:n]]
    if args.librispeech:
        sex = dict(f[:2] for f in (tuple(c.strip() for c in l.split("|")) for p in Path(args.librispeech).rglob("SPEAKERS.TXT")
                                   for l in p.read_text().splitlines() if not l.startswith(";")))
        for group, source in (("librispeech_test-other", "read"), ("librispeech_train-clean-100", "read1")):
            people = {}
            for f in (Path(args.librispeech) / group).rglob("*.flac"):
                people.setdefault(f.name.split("-")[0], []).append(f)
            for who, files in sorted(people.items()):
                keep(f"ls{who}", sex[who].lower(), source, some(files, 40))
    if args.digits:
        for who in ("george", "jackson", "lucas", "nicolas", "theo", "yweweler"):
            keep(f"digits-{who}", "m", "digits", some(list(Path(args.digits).glob(f"*_{who}_*.wav")), 450))
    if args.interviews:
        for sex, folder in (("f", "females"), ("m", "males")):
            for f in sorted((Path(args.interviews) / folder).glob("*.wav")):
                keep(f"iv-{f.stem[:8]}", sex, "interview", [spoken(load(f))])
    if args.golos:  # clips of one unknown person each, about 4 s: too short for a side
        print("golos: no clip is long enough for two sides; see docs/voices.md")
    prompts = Path("/usr/share/asterisk/sounds")
    for person, sex, folders in (("allison", "f", ["en_US_f_Allison", "es_MX_f_Allison"]), ("june", "f", ["fr_CA_f_June"]),
                                 ("menardi", "f", ["it_IT_f_Menardi"]), ("carlo", "m", ["it_IT_m_Carlo"]),
                                 ("ivrvoice", "f", ["ru_RU_f_IvrvoiceRU"]), ("es-co", "?", ["es"]), ("armelle", "f", ["fr"])):
        files = [f for d in folders for f in sorted((prompts / d).rglob("*.*"), key=lambda f: -f.stat().st_size)[:60]]
        if files:
            keep(person, sex, "prompts", some([f for f in files if f.suffix in (".wav", ".gsm")], 120))
    festival = list(Path("/usr/share/festival/voices/russian/msu_ru_nsh_clunits/wav").glob("*.wav"))
    if festival:
        keep("nsh", "m", "read", some(festival, 60))
    if args.two_channel:
        for i, f in enumerate(sorted(Path(args.two_channel).glob("*.flac"))):
            for c in (0, 1):
                keep(f"line{i}-{c}", "?", "real line", [spoken(load(f, c))])
    with open(out / "persons.tsv", "w", newline="") as f:
        csv.writer(f, delimiter="\t").writerows(rows)
    print(f"{len(rows)} persons")


# ---------------------------------------------------------------- a telephone

CODECS = {  # what ffmpeg is told, at 8 kHz; AMR is written by sox
    "gsm": (["-c:a", "libgsm"], "gsm"), "alaw": (["-c:a", "pcm_alaw"], "wav"), "opus12": (["-c:a", "libopus", "-b:a", "12k"], "ogg"),
    "opus24": (["-c:a", "libopus", "-b:a", "24k"], "ogg"), "mp3": (["-c:a", "libmp3lame", "-b:a", "16k"], "mp3"),
}


def coded(x, codec, rng):
    """8 kHz samples through a codec and back."""
    with tempfile.TemporaryDirectory() as d:
        wav = Path(d) / "in.wav"
        pcm = (np.clip(x, -1, 1) * 32767).astype("<i2").tobytes()
        subprocess.run(["ffmpeg", "-v", "error", "-f", "s16le", "-ar", "8000", "-ac", "1", "-i", "-", str(wav)], input=pcm, check=True)
        if codec == "amr":
            out = Path(d) / "out.amr-nb"
            subprocess.run(["sox", str(wav), "-C", str(rng.integers(0, 8)), str(out)], check=True)
        else:
            options, suffix = CODECS[codec]
            out = Path(d) / f"out.{suffix}"
            subprocess.run(["ffmpeg", "-v", "error", "-i", str(wav), "-ar", "8000", *options, str(out)], check=True)
        command = ["ffmpeg", "-v", "error", "-i", str(out), "-ar", "8000", "-ac", "1", "-f", "f32le", "-"]
        return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.float32)


def telephone(x, rng):
    """A handset (band and tilt), a room (white, low or humming noise, 10 to 30 dB under the voice), a network, now and then a second codec."""
    x = resample_poly(x, 8000, RATE)
    x = sosfilt(butter(2, [rng.uniform(150, 350), rng.uniform(2900, 3800)], "band", fs=8000, output="sos"), x)
    x = lfilter([1, rng.uniform(-0.5, 0.3)], [1], x)
    noise = rng.standard_normal(len(x))
    kind = rng.integers(3)
    if kind == 1:
        noise = lfilter([1], [1, -0.9], noise)
    elif kind == 2:
        noise = lfilter([1], [1, -0.97], noise) + 0.3 * np.sin(2 * np.pi * 50 * np.arange(len(x)) / 8000)
    x = x + noise * np.sqrt((x**2).mean() / ((noise**2).mean() + 1e-12)) * 10 ** (-rng.uniform(10, 30) / 20)
    x = x / (np.abs(x).max() + 1e-9) * rng.uniform(0.1, 0.9)
    name = rng.choice(["gsm", "amr", "amr", "alaw", "opus12", "opus24", "mp3"])
    x = coded(x, name, rng)
    if rng.random() < 0.4:  # recorded once more on the way
        x = coded(x, rng.choice(["mp3", "opus24", "alaw", "gsm"]), rng)
    return resample_poly(x, RATE, 8000)


# ---------------------------------------------------------------- voiceprints

class Network:
    """CAM++: 80-bin Kaldi filterbanks, no dither, mean-normalised; unit vectors of 192 numbers. Bands above `top` Hz, which
    no telephone carries, are silenced: what codecs leave there tells the line and not the voice."""

    def __init__(self, path, top=3600):
        import onnxruntime
        edges = np.linspace(*(1127 * np.log(1 + np.array([20, 8000]) / 700)), 82)
        self.above = 700 * (np.exp(edges[1:-1] / 1127) - 1) > top
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options)

    def filterbank(self, x):
        import kaldi_native_fbank as knf
        options = knf.FbankOptions()
        options.frame_opts.dither, options.frame_opts.samp_freq, options.mel_opts.num_bins = 0, RATE, 80
        bank = knf.OnlineFbank(options)
        bank.accept_waveform(RATE, (x * 32768).tolist())
        bank.input_finished()
        return np.stack([bank.get_frame(i) for i in range(bank.num_frames_ready)])

    def of(self, x):
        """The mean of the pieces of about 10 s, each weighing as long as it lasts."""
        count = max(1, round(len(x) / RATE / PIECE))
        total = np.zeros(192)
        for piece in np.array_split(x, count):
            f = self.filterbank(piece)
            f = f - f.mean(0)
            f[:, self.above] = 0
            e = self.session.run(None, {"feats": f[None].astype(np.float32)})[0][0]
            total += e / np.linalg.norm(e) * len(piece)
        return total / np.linalg.norm(total)


def measure(args):
    """Cuts every voice into sides, sends each through its own telephone, and measures it twice: so, and as it was."""
    data, network = Path(args.data), Network(args.network, args.top)
    jobs = []
    for person, sex, source in csv.reader(open(data / "persons.tsv"), delimiter="\t"):
        units = len(np.load(data / f"{person}.npy")) // RATE // UNIT
        for length in LENGTHS:
            n = length // UNIT
            for k in range(min(SIDES[length], units // n)):
                first = k * units // max(1, min(SIDES[length], units // n)) if n > 1 or units > SIDES[5] else k
                jobs.append((person, sex, source, length, first, first + n))

    def sound(job):
        person, _, _, length, first, last = job
        x = np.load(data / f"{person}.npy")[first * UNIT * RATE : last * UNIT * RATE] / 32768
        rng = np.random.default_rng(zlib.crc32(f"{person} {length} {first}".encode()))
        return x, telephone(x, rng)

    phone, clean = [], []
    with ThreadPoolExecutor(2) as pool:
        for i, (x, y) in enumerate(pool.map(sound, jobs)):
            phone.append(network.of(y))
            clean.append(network.of(x) if args.clean else phone[-1])
            if i % 100 == 0:
                print(f"{i} of {len(jobs)}", flush=True)
    columns = list(zip(*jobs))
    names = ("person", "sex", "source", "length", "first", "last")
    np.savez(data / args.save, phone=np.array(phone), clean=np.array(clean), **{n: np.array(c) for n, c in zip(names, columns)})
    print(f"{len(jobs)} sides of {len(set(columns[0]))} persons")


# ---------------------------------------------------------------- figures

def weights_of(target, bins, tp, np_, count=None):
    """Each class and length weighs the same, each person within it; `count` is how often the bootstrap drew a person."""
    w = np.zeros(len(target))
    draw = (lambda p: 1.0) if count is None else (lambda p: count[p])
    base = np.ones(len(target)) if count is None else np.where(target, count[tp], count[tp] * count[np_])
    for b in np.unique(bins):
        for t in (True, False):
            m = (bins == b) & (target == t)
            if t:
                per = np.bincount(tp[m], minlength=tp.max() + 1)
                w[m] = base[m] / per[tp[m]]
            else:
                w[m] = base[m]
            s = w[m].sum()
            w[m] = w[m] / s if s else 0
    return w / max(1, len(np.unique(bins)))


def equal_error_rate(score, target, w):
    order = np.argsort(score)
    t, w = target[order], w[order]
    miss = np.cumsum(w * t) / (w * t).sum()
    false = 1 - np.cumsum(w * ~t) / (w * ~t).sum()
    i = np.argmin(np.abs(miss - false))
    return (miss[i] + false[i]) / 2, score[order][i]


def cllr(llr, target, w):
    """Log-likelihood-ratio cost (Brümmer and du Preez 2006); `llr` natural."""
    wt, wn = w * target, w * ~target
    cost = (wt * np.logaddexp(0, -llr)).sum() / wt.sum() + (wn * np.logaddexp(0, llr)).sum() / wn.sum()
    return cost / 2 / np.log(2)


def min_cllr(score, target, w):
    """The cost after the best monotonous map (pool adjacent violators)."""
    order = np.argsort(score)
    t, v = target[order], w[order].copy()
    v[t] /= v[t].sum()
    v[~t] /= v[~t].sum()
    blocks = []  # posterior numerator, mass
    for a, b in zip(v * t, v):
        blocks.append([a, b, 1])
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:
            a2, b2, n2 = blocks.pop()
            blocks[-1] = [blocks[-1][0] + a2, blocks[-1][1] + b2, blocks[-1][2] + n2]
    p = np.concatenate([np.full(n, a / b if b else 0.5) for a, b, n in blocks])
    p = np.clip(p, 1e-9, 1 - 1e-9)
    return cllr(np.log(p / (1 - p)), t, v)


def design(score, seconds):
    """1, cosine, log of the shorter side, their product."""
    q = np.log(np.minimum(seconds, 40) / 10)
    return np.stack([np.ones_like(score), score, q, score * q], 1)


def logistic(x, target, w, keep):
    """Logistic regression with equal weight of both classes: its log odds are log likelihood ratios."""
    wt = np.where(target, w / w[target].sum(), w / w[~target].sum()) / 2
    sign = np.where(target, 1.0, -1.0)

    def loss(b):
        z = sign * (x[:, keep] @ b)
        return (wt * np.logaddexp(0, -z)).sum(), -((wt * sign / (1 + np.exp(z)))[:, None] * x[:, keep]).sum(0)

    b = minimize(loss, np.zeros(len(keep)), jac=True, method="BFGS").x
    full = np.zeros(x.shape[1])
    full[keep] = b
    return full


def crossed(x, target, w, tp, np_, keep, folds=5):
    """Log likelihood ratios where nobody in the pair was in the fit."""
    fold = np.random.default_rng(7).permutation(np.arange(tp.max() + np_.max() + 1) % folds)
    a, b = np.minimum(fold[tp], fold[np_]), np.maximum(fold[tp], fold[np_])
    out = np.zeros(len(target))
    for i in range(folds):
        for j in range(i, folds):
            test = (a == i) & (b == j)
            if test.any():
                train = ~np.isin(fold[tp], (i, j)) & ~np.isin(fold[np_], (i, j))
                out[test] = x[test] @ logistic(x[train], target[train], w[train], keep)
    return out


def elub(llr, target, w, same, different):
    """Empirical lower and upper bounds of a log10 likelihood ratio (Vergeer et al. 2016): beyond them, one more mistake
    among so many independent comparisons would make it worth less than saying nothing."""
    l10, wt, wn = llr / np.log(10), w * target / (w * target).sum(), w * ~target / (w * ~target).sum()
    low = high = 0.0
    for g in np.arange(0.01, 6, 0.01):
        miss = lambda at: ((wt * (l10 <= at)).sum() * same + 1) / (same + 1)
        false = lambda at: ((wn * (l10 > at)).sum() * different + 1) / (different + 1)
        if high == round(g - 0.01, 2) and miss(g) + false(g) * 10**g <= 1:
            high = round(g, 2)
        if low == round(0.01 - g, 2) and miss(-g) * 10**g + false(-g) <= 1:
            low = round(-g, 2)
    return low, high


def pairs(data, kind, same_sex=True, without=()):
    """All comparisons of two sides that share no sound: cosine, same person or not, the shorter side, both persons."""
    z = np.load(data / SIDES_FILE)
    z = {name: z[name][~np.isin(z["source"], without)] for name in z.files}
    names, who = np.unique(z["person"], return_inverse=True)
    v = z[kind]
    i, j = np.triu_indices(len(v), 1)
    target = who[i] == who[j]
    apart = (z["last"][i] <= z["first"][j]) | (z["last"][j] <= z["first"][i])
    sexes = (z["sex"][i] == z["sex"][j]) & (z["sex"][i] != "?") if same_sex else np.ones(len(i), bool)
    keep = np.where(target, apart, sexes)
    i, j, target = i[keep], j[keep], target[keep]
    return dict(i=i, j=j, score=(v @ v.T)[i, j], target=target, seconds=np.minimum(z["length"][i], z["length"][j]),
                tp=who[i], np_=who[j], names=names, source=z["source"], v=v, who=who)


def normalised(p, size=20):
    """Adaptive symmetric normalisation (Matějka et al. 2017), means only: the cohort are the nearest of all other sides,
    whoever they are."""
    s = p["v"] @ p["v"].T
    np.fill_diagonal(s, -2)
    mean = np.sort(s, 1)[:, ::-1][:, :size].mean(1)
    return p["score"] - (mean[p["i"]] + mean[p["j"]]) / 2


USED = [0, 1, 2]  # of `design`: the product was no better


def fit(args):
    data = Path(args.data)
    for kind in ("clean", "phone") if args.clean else ("phone",):
        for same_sex in (False, True):
            for without in ((), ("digits",)):
                p = pairs(data, kind, same_sex, without)
                w = weights_of(p["target"], p["seconds"], p["tp"], p["np_"])
                e, at = equal_error_rate(p["score"], p["target"], w)
                print(f"{kind}, {'same sex' if same_sex else 'all pairs'}, without {without}: {p['target'].sum()} comparisons of one person, "
                      f"{(~p['target']).sum()} of two, EER {e:.4f} at {at:.3f}")
    p = pairs(data, "phone", True, ("digits",))
    t, sec, tp, np_ = p["target"], p["seconds"], p["tp"], p["np_"]
    w, x = weights_of(t, sec, tp, np_), design(p["score"], sec)
    people = len(np.unique(tp[t]))
    print(f"{len(p['names'])} persons, {people} of them compared with themselves; minimal Cllr {min_cllr(p['score'], t, w):.4f}")
    for name, keep in (("cosine", [0, 1]), ("cosine, seconds", [0, 1, 2]), ("cosine, seconds, product", [0, 1, 2, 3])):
        print(f"{name}: Cllr crossed {cllr(crossed(x, t, w, tp, np_, keep), t, w):.4f}; constants {np.round(logistic(x, t, w, keep), 3).tolist()}")
    n = design(normalised(p), sec)
    print(f"normalised by a cohort: Cllr crossed {cllr(crossed(n, t, w, tp, np_, USED), t, w):.4f}")
    llr = crossed(x, t, w, tp, np_, USED)
    two = len(np.unique(tp[~t] * 10000 + np_[~t]))
    print(f"bounds of log10 LR: {elub(llr, t, w, people, people)} counting persons, {elub(llr, t, w, people, two)} counting pairs of persons")
    rng, drawn = np.random.default_rng(1), []
    for _ in range(args.boot):
        c = np.bincount(rng.integers(0, len(p["names"]), len(p["names"])), minlength=len(p["names"])).astype(float)
        wb = weights_of(t, sec, tp, np_, c)
        drawn.append([equal_error_rate(llr, t, wb)[0], cllr(llr, t, wb)])
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    print(f"all lengths, crossed: EER {equal_error_rate(llr, t, w)[0]:.4f} [{low[0]:.4f}, {high[0]:.4f}], Cllr {cllr(llr, t, w):.4f} [{low[1]:.4f}, {high[1]:.4f}]")
    l10 = np.clip(llr / np.log(10), *elub(llr, t, w, people, people))
    print(f"within the bounds: Cllr {cllr(l10 * np.log(10), t, w):.4f}")
    for b in LENGTHS:
        m = sec == b
        share = lambda which, of: (w * which * of * m).sum() / (w * of * m).sum()
        e = equal_error_rate(llr[m], t[m], w[m])[0]
        print(f"shorter side {b:2} s: {t[m].sum()} of one ({len(np.unique(tp[m & t]))} persons), {(~t[m]).sum()} of two; EER {e:.4f}, Cllr {cllr(llr[m], t[m], w[m]):.4f}; "
              f"two persons: LR over 10 {share(l10 > 1, ~t):.4f}, over 100 {share(l10 > 2, ~t):.4f}; one person: LR over 100 {share(l10 > 2, t):.3f}, "
              f"over 10 {share(l10 > 1, t):.3f}, under 1/10 {share(l10 < -1, t):.4f}")
    for s in sorted(set(p["source"])):
        m = (p["source"][p["i"]] == s) & (p["source"][p["j"]] == s)
        if (m & t).any() and (m & ~t).any():
            print(f"source {s}: {len(np.unique(tp[m]))} persons, EER {equal_error_rate(llr[m], t[m], w[m])[0]:.4f}, Cllr {cllr(llr[m], t[m], w[m]):.4f}")
    for s in sorted(set(pairs(data, "phone", False)["source"])):
        q = pairs(data, "phone", False)
        m = (q["source"][q["i"]] == s) & (q["source"][q["j"]] == s)
        print(f"cosines in {s}: one person {np.round(np.percentile(q['score'][m & q['target']], [5, 50, 95]), 2) if (m & q['target']).any() else '-'}, "
              f"two {np.round(np.percentile(q['score'][m & ~q['target']], [5, 50, 95]), 2) if (m & ~q['target']).any() else '-'}")


# ---------------------------------------------------------------- the corpus

def corpus_sides(folder, network):
    """Voiceprints of the corpus, one for each person in each call, by the true turns where nobody else talks."""
    sides = []
    for call in json.loads((folder / "truth/calls.json").read_text())["calls"]:
        two = call["audio"]["channels"] == 2
        tracks = [load(folder / "delivered/audio" / call["file"], c if two else None) for c in range(2 if two else 1)]
        for person in call["persons"]:
            alone = lambda u: two or all(o is u or o["end"] <= u["start"] or o["start"] >= u["end"] for o in call["turns"])
            turns = [u for u in call["turns"] if u["speaker"] == person and alone(u)]
            parts = [tracks[u["channel"] - 1 if two else 0][int(u["start"] * RATE) : int(u["end"] * RATE)] for u in turns]
            x = np.concatenate(parts) if parts else np.zeros(0)
            if len(x) >= 3 * RATE:
                sides.append((call["id"], person, len(x) / RATE, network.of(x)))
    return [np.array(column) for column in zip(*sides)]


def grouped(link, call, threshold, whole):
    """Groups by average (or complete) linkage, never two speakers of one call."""
    clusters = [[i] for i in range(len(call))]
    while True:
        best = (threshold, None)
        for i in range(len(clusters)):
            for j in range(i + 1, len(clusters)):
                apart = any(call[x] == call[y] for x in clusters[i] for y in clusters[j])
                block = link[np.ix_(clusters[i], clusters[j])]
                worth = block.mean() if whole else block.min()
                if not apart and worth >= best[0]:
                    best = (worth, (i, j))
        if best[1] is None:
            return clusters
        i, j = best[1]
        clusters[i] += clusters.pop(j)


def corpus(args):
    """The curve of pairwise precision and recall, and of groups, over the synthetic voices."""
    call, person, seconds, v = corpus_sides(Path(args.corpus), Network(args.network, args.top))
    i, j = np.triu_indices(len(call), 1)
    i, j = i[call[i] != call[j]], j[call[i] != call[j]]
    b = np.array(args.constants)
    l10 = lambda a, c: (b[0] + b[1] * (v[a] * v[c]).sum(-1) + b[2] * np.log(np.clip(np.minimum(seconds[a], seconds[c]), 5, 40) / 10)) / np.log(10)
    s, t = l10(i, j), person[i] == person[j]
    e, at = equal_error_rate(s, t, np.ones(len(t)))
    print(f"{len(call)} sides of {len(set(person))} voices in {len(set(call))} calls; {t.sum()} pairs of one voice, {(~t).sum()} of two; EER {e:.4f} at log10 LR {at:.2f}; Cllr {cllr(s * np.log(10), t, np.ones(len(t))):.3f}")
    print("| rank | pairs: precision | recall | groups by the mean: precision | recall | groups | groups by the least: precision | recall | groups |")
    grid = np.arange(len(call))
    strict = lambda a, c: (b[0] + b[1] * (v[a] * v[c]).sum(-1) + b[2] * np.log(4)) / np.log(10)  # little speech gets no credit
    link = np.where(np.minimum(seconds[:, None], seconds[None]) < 5, -50, strict(grid[:, None], grid[None]))
    s = strict(i, j)
    for x in (0, 0.5, 0.8, 1, 1.2, 1.4, 1.5, 1.75, 2, 2.5):
        row = [f"{t[s >= x].mean():.3f}", f"{(s[t] >= x).mean():.3f}"]
        for whole in (True, False):
            clusters = grouped(link, call, x, whole)
            of = np.zeros(len(call), int)
            for n, cluster in enumerate(clusters):
                of[cluster] = n
            same = of[i] == of[j]
            row += [f"{t[same].mean():.3f}", f"{same[t].mean():.3f}", str(sum(len(c) > 1 for c in clusters))]
        print(f"| {x} | " + " | ".join(row) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    a = commands.add_parser("gather")
    a.add_argument("out")
    for name in ("librispeech", "digits", "interviews", "golos", "two-channel"):
        a.add_argument(f"--{name}")
    a.set_defaults(run=gather)
    a = commands.add_parser("measure")
    a.add_argument("data"), a.add_argument("network"), a.add_argument("--clean", action="store_true"), a.add_argument("--save", default="sides.npz")
    a.set_defaults(run=measure)
    a = commands.add_parser("fit")
    a.add_argument("data"), a.add_argument("--boot", type=int, default=500), a.add_argument("--clean", action="store_true")
    a.set_defaults(run=fit)
    a = commands.add_parser("corpus")
    a.add_argument("corpus"), a.add_argument("network")
    a.add_argument("--constants", type=float, nargs=3, required=True)
    a.set_defaults(run=corpus)
    for a in commands.choices.values():
        a.add_argument("--top", type=float, default=3600, help="Hz; 8000 leaves the bands as they are")
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
