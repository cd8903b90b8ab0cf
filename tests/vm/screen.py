# SPDX-License-Identifier: MIT
"""Reads text off a screen with the kernel's own font: width, height and RGB as Machine.screen()
gives them."""
from collections import namedtuple

from machine import BUILD

WIDTH, HEIGHT = 8, 16		# of a glyph
STEP = 1280			# pixels of width for each step of the letters' size
Cell = namedtuple("Cell", "char text ground")	# colours 0xRRGGBB; one colour alone: a blank


def font():
	data = (BUILD / "font.bin").read_bytes()
	return {data[HEIGHT * i:HEIGHT * (i + 1)]: chr(0x20 + i)
		for i in range(len(data) // HEIGHT)}


def glyph(points, chars):
	"""The Cell of WIDTH * HEIGHT colours. "?" stands for no glyph of the font, or more than two
	colours. The ground is the colour with which the rest is a letter."""
	for ground in sorted(set(points), key=points.count, reverse=True):
		text = next((p for p in points if p != ground), ground)
		bits = bytes(sum((points[y * WIDTH + x] != ground) << (WIDTH - 1 - x)
				 for x in range(WIDTH)) for y in range(HEIGHT))
		if bits in chars and set(points) <= {text, ground}:
			return Cell(chars[bits], text, ground)
	return Cell("?", None, None)


def cells(width, height, pixels):
	"""Rows of cells. In a larger font all pixels of a dot must be alike."""
	scale, chars, known = max(1, min(width // STEP, height // HEIGHT)), font(), {}
	lines = [pixels[3 * width * y:3 * width * (y + 1)] for y in range(height)]
	rows = []
	for top in range(0, height - scale * HEIGHT + 1, scale * HEIGHT):
		for y in range(top, top + scale * HEIGHT):
			assert lines[y] == lines[top + (y - top) // scale * scale], f"line {y}"
		dots = [lines[y] for y in range(top, top + scale * HEIGHT, scale)]
		row = []
		for left in range(0, width - scale * WIDTH + 1, scale * WIDTH):
			part = b"".join(d[3 * left:3 * (left + scale * WIDTH)] for d in dots)
			if part not in known:
				all_of = [int.from_bytes(part[i:i + 3], "big")
					  for i in range(0, len(part), 3)]
				points = all_of[::scale]
				assert all_of == [p for p in points for _ in range(scale)], "a dot"
				known[part] = glyph(points, chars)
			row.append(known[part])
		rows.append(row)
	return rows


def text(row):
	return "".join(c.char for c in row).rstrip()


def screen_text(width, height, pixels):
	"""The lines of text, whatever their colours."""
	return [text(row) for row in cells(width, height, pixels)]
