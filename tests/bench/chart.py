# SPDX-License-Identifier: MIT
"""Figures as an SVG: a bar for each peer on a logarithmic scale, a line for each growth."""
import math
import xml.etree.ElementTree as xml

WIDTH, LEFT, BAR, GAP = 900, 230, 14, 8
PLOT, MARGIN = 160, 40
COLOURS = ("#4c72b0", "#c0c8d8")		# own, total
TEXT = {"font_family": "sans-serif", "font_size": "12"}


def add(parent, tag, **attributes):
	names = {key.replace("_", "-"): str(value) for key, value in attributes.items()}
	return xml.SubElement(parent, tag, names)


def write(parent, x, y, words, **more):
	add(parent, "text", x=x, y=y, **TEXT, **more).text = words


def bars(svg, rows, y):
	"""The length is the logarithm, so that factors of a thousand fit in one picture."""
	most = math.log10(max([row.total for row in rows] + [10]))
	scale = (WIDTH - LEFT - 120) / most
	for row in rows:
		write(svg, 8, y + BAR, f"{row.name} ({row.arch})")
		for value, colour in zip((row.own, row.total), COLOURS):
			length = scale * math.log10(max(value, 1))
			add(svg, "rect", x=LEFT, y=y, width=f"{length:.1f}", height=BAR,
			    fill=colour)
			write(svg, f"{LEFT + length + 4:.1f}", y + BAR - 2, f"{value:,}")
			y += BAR
		y += GAP
	return y


def lines(svg, name, points, y):
	"""Both scales begin at 0, so that proportional growth is a straight line."""
	right, top = max(x for x, _ in points), max(v for _, v in points)
	write(svg, 8, y + BAR, f"{name}: own instructions")
	places = [(LEFT + (WIDTH - LEFT - 120) * x / right, y + PLOT - (PLOT - MARGIN) * v / top)
		  for x, v in points]
	add(svg, "polyline", points=" ".join(f"{a:.1f},{b:.1f}" for a, b in places), fill="none",
	    stroke=COLOURS[0], stroke_width=2)
	add(svg, "line", x1=LEFT, x2=WIDTH - 120, y1=y + PLOT, y2=y + PLOT, stroke="#888")
	for (a, b), (x, v) in zip(places, points):
		write(svg, f"{a:.1f}", f"{b - 6:.1f}", f"{v:,}")
		write(svg, f"{a:.1f}", y + PLOT + BAR, f"{x:,}")
	return y + PLOT + MARGIN


def draw(rows, grown):
	svg = xml.Element("svg", xmlns="http://www.w3.org/2000/svg", width=str(WIDTH))
	write(svg, 8, 20, "Instructions from a file's first to its kernel's first: own, and all "
	      "(logarithmic)")
	y = bars(svg, rows, 36)
	for name, points in grown.items():
		y = lines(svg, name, points, y + GAP)
	svg.set("height", str(y + GAP))
	return xml.tostring(svg, encoding="unicode") + "\n"


def check(text):
	"""The SVG parses, and has a bar for each figure within its width."""
	root = xml.fromstring(text)
	found = [x for x in root if x.tag.endswith("rect")]
	assert found and len(found) % 2 == 0, "no bars"
	for bar in found:
		assert 0 <= float(bar.get("width")) <= WIDTH - LEFT, "a bar that is too long"
	assert any(x.tag.endswith("polyline") for x in root), "no line"
