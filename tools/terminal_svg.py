#!/usr/bin/env python3
"""A picture of a terminal, from what a program printed with its colours.

    earwitness --color always … | tools/terminal_svg.py [--title TEXT] [--columns 110] >docs/terminal.svg

Knows the escape sequences that earwitness uses: bold, dim, the eight colours, reset.
"""
import argparse
import html
import re
import sys

COLOURS = {30: "#5c6370", 31: "#e06c75", 32: "#98c379", 33: "#e5c07b", 34: "#61afef", 35: "#c678dd", 36: "#56b6c2", 37: "#dcdfe4"}
WIDTH, HEIGHT, PAD = 8.4, 19, 18


def spans(line, columns):
    """(text, attributes) pieces of a line, cut at `columns` characters."""
    style, column = {}, 0
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        codes = re.fullmatch(r"\x1b\[([0-9;]*)m", part)
        if codes:
            for code in (int(c or 0) for c in codes[1].split(";")):
                if code in (0, 39):
                    style = {} if code == 0 else {k: v for k, v in style.items() if k != "fill"}
                elif code == 1:
                    style["font-weight"] = "bold"
                elif code == 2:
                    style["opacity"] = "0.6"
                elif code in (7, 4):
                    style["text-decoration"] = "underline"
                elif code % 60 in COLOURS or code in COLOURS:
                    style["fill"] = COLOURS.get(code if code < 90 else code - 60, "#dcdfe4")
            continue
        part = part[: columns - column]
        if part:
            yield column, part, dict(style)
        column += len(part)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--title", default="earwitness")
    parser.add_argument("--columns", type=int, default=118)
    args = parser.parse_args()
    lines = sys.stdin.read().rstrip("\n").split("\n")
    width, height = args.columns * WIDTH + 2 * PAD, len(lines) * HEIGHT + 2 * PAD + 26
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img">')
    print(f"<title>{html.escape(args.title)}</title>")
    print(f'<rect width="{width:.0f}" height="{height}" rx="8" fill="#21252b"/>')
    for i, colour in enumerate(("#e06c75", "#e5c07b", "#98c379")):
        print(f'<circle cx="{PAD + 6 + 18 * i}" cy="20" r="5.5" fill="{colour}"/>')
    print('<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" fill="#dcdfe4">')
    for row, line in enumerate(lines):
        y = PAD + 26 + (row + 0.75) * HEIGHT
        for column, text, style in spans(line, args.columns):
            attributes = "".join(f' {k}="{v}"' for k, v in style.items())
            x = PAD + column * WIDTH
            print(f'<text x="{x:.1f}" y="{y:.1f}" textLength="{len(text) * WIDTH:.1f}"{attributes}>{html.escape(text).replace(" ", chr(160))}</text>')
    print("</g></svg>")


main()
