/* SPDX-License-Identifier: MIT */
/*
 * terminal.c - see terminal.h. Text changes cells; cells that differ from what is shown are drawn
 * at the end of each write, so that scrolling by many lines draws once.
 */
#include "kernel/dev/terminal.h"
#include "arch/boot.h"
#include "kernel/dev/terminal_draw.h"
#include "lib/console/screen.h"
#include "lib/string.h"

#define TAB_CELLS	8
#define LOOK_PLAIN	0x07		/* light grey on black */
#define PARAMETER_MAX	9999
#define BLANKS		((LOOK_PLAIN << 8 | ' ') * 0x0001000100010001ull) /* four cells */

enum { STATE_TEXT, STATE_ESCAPE, STATE_CSI, STATE_OTHER, STATE_STRING };

static uint32_t fb_columns(const struct boot_fb *fb)
{
	return fb->width / (GLYPH_WIDTH * screen_scale(fb));
}

static uint32_t fb_rows(const struct boot_fb *fb)
{
	return fb->height / (GLYPH_HEIGHT * screen_scale(fb));
}

static uint32_t fb_pitch(const struct boot_fb *fb)
{
	return (uint32_t)ALIGN_UP(fb_columns(fb), CELLS_A_WORD);
}

uint64_t terminal_size(const struct boot_fb *fb)
{
	if (!screen_fits(fb))
		return 0;
	return 2ull * fb_rows(fb) * fb_pitch(fb) * sizeof(struct cell);
}

static struct cell *row_of(const struct terminal *t, uint32_t row)
{
	return &t->want[(t->top + row) % t->rows * t->pitch];
}

static void touched(struct terminal *t, uint32_t first, uint32_t last)
{
	t->first = MIN(t->first, first);
	t->last = MAX(t->last, last);
}

static void erase(struct terminal *t, uint32_t row, uint32_t from, uint32_t to)
{
	struct cell *cell = row_of(t, row);

	for (uint32_t i = from; i < to; i++)
		cell[i] = (struct cell){ ' ', t->look };
	touched(t, row, row);
}

void terminal_start(struct terminal *t, const struct boot_fb *fb, void *memory)
{
	const uint32_t cells = fb_rows(fb) * fb_pitch(fb);

	memset(t, 0, sizeof(*t));
	t->fb = *fb;
	t->scale = screen_scale(fb);
	t->columns = fb_columns(fb);
	t->rows = fb_rows(fb);
	t->pitch = fb_pitch(fb);
	t->want = memory;
	t->shown = t->want + cells;
	t->look = LOOK_PLAIN;
	arch_fill(memory, BLANKS, 2 * cells / CELLS_A_WORD);
	t->first = t->rows;
	terminal_clear(t);
	terminal_draw(t);		/* the cursor */
}

static void line_feed(struct terminal *t)
{
	t->column = 0;
	if (t->row + 1 < t->rows) {
		t->row++;
		return;
	}
	t->top = (t->top + 1) % t->rows;
	erase(t, t->row, 0, t->pitch);
	touched(t, 0, t->rows - 1);
}

static void put(struct terminal *t, uint8_t ch)
{
	if (t->column >= t->columns)
		line_feed(t);
	row_of(t, t->row)[t->column++] = (struct cell){ ch, t->look };
	touched(t, t->row, t->row);
}

/* It ends a control string, too: one that is not ended would hide everything from then on. */
static void control(struct terminal *t, uint8_t byte)
{
	if (t->state == STATE_STRING)
		t->state = STATE_TEXT;
	switch (byte) {
	case '\b':
		t->column -= t->column > 0;
		break;
	case '\t':
		t->column = MIN((t->column / TAB_CELLS + 1) * TAB_CELLS, t->columns);
		break;
	case '\n':
		line_feed(t);
		break;
	case '\r':
		t->column = 0;
		break;
	case 0x1b:
		t->state = STATE_ESCAPE;
		break;
	default:
		break;
	}
}

/* SGR, ECMA-48 8.3.117, with the bright colours of aixterm. */
static void rendition(struct terminal *t, uint32_t n)
{
	const uint8_t text = t->look & 0xf, ground = t->look >> 4;

	if (n == 0)
		t->look = LOOK_PLAIN;
	else if (n == 1)
		t->look |= 8;
	else if (n == 7)
		t->look = (uint8_t)(text << 4 | ground);
	else if (n >= 30 && n <= 37)
		t->look = (uint8_t)(ground << 4 | (text & 8) | (n - 30));
	else if (n == 39)
		t->look = (uint8_t)(ground << 4 | LOOK_PLAIN);
	else if (n >= 40 && n <= 47)
		t->look = (uint8_t)((n - 40) << 4 | text);
	else if (n == 49)
		t->look = text;
	else if (n >= 90 && n <= 97)
		t->look = (uint8_t)(ground << 4 | 8 | (n - 90));
	else if (n >= 100 && n <= 107)
		t->look = (uint8_t)((8 | (n - 100)) << 4 | text);
}

/* After 38 or 48 comes one of many colours: 5 and its number, or 2 and its parts. */
static void renditions(struct terminal *t)
{
	for (uint32_t i = 0; i <= t->parameters && i < TERMINAL_PARAMETERS; i++) {
		const uint32_t n = t->parameter[i], kind = t->parameter[i + 1];

		if (n == 38 || n == 48)
			i += kind == 5 ? 2 : kind == 2 ? 4 : TERMINAL_PARAMETERS;
		else
			rendition(t, n);
	}
}

/* ED 8.3.39 (rows) and EL 8.3.41: 0 from the cursor on, 1 up to it, 2 all. */
static void erase_some(struct terminal *t, uint32_t n, bool rows)
{
	const uint32_t at = MIN(t->column, t->columns - 1);

	if (n > 2)
		return;
	erase(t, t->row, n == 0 ? at : 0, n == 1 ? at + 1 : t->pitch);
	for (uint32_t row = 0; rows && row < t->rows; row++)
		if (n == 2 || (n == 0 ? row > t->row : row < t->row))
			erase(t, row, 0, t->pitch);
}

static __attribute__((noinline)) void column_set(struct terminal *t, uint32_t column)
{
	t->column = MIN(column, t->columns - 1);
}

static void sequence(struct terminal *t, uint8_t final)
{
	const uint32_t first = t->parameter[0], n = MAX(first, 1);

	switch (final) {
	case 'A':
		t->row -= MIN(n, t->row);
		break;
	case 'B':
		t->row = MIN(t->row + n, t->rows - 1);
		break;
	case 'C':
		column_set(t, t->column + n);
		break;
	case 'D':
		t->column -= MIN(n, t->column);
		break;
	case 'G':
		column_set(t, n - 1);
		break;
	case 'H':
	case 'f':
		t->row = MIN(n, t->rows) - 1;
		column_set(t, MAX(t->parameter[1], 1) - 1u);
		break;
	case 'J':
		erase_some(t, first, true);
		break;
	case 'K':
		erase_some(t, first, false);
		break;
	case 'm':
		renditions(t);
		break;
	default:
		break;
	}
}

/* The byte after ESC that begins DCS, SOS, OSC, PM or APC, whose string ends with ESC \ (ST). */
static bool is_string(uint8_t byte)
{
	return byte == 'P' || byte == 'X' || (byte >= ']' && byte <= '_');
}

/* A byte inside an escape sequence. */
static void escape(struct terminal *t, uint8_t byte)
{
	const uint8_t before = t->state;

	if (before == STATE_ESCAPE) {
		if (byte >= '0')	/* else more of it follows */
			t->state = byte == '[' ? STATE_CSI :
				   is_string(byte) ? STATE_STRING : STATE_TEXT;
		t->parameters = 0;
		memset(t->parameter, 0, sizeof(t->parameter));
	} else if (byte >= '0' && byte <= '9') {
		if (t->parameters < TERMINAL_PARAMETERS) {
			uint16_t *p = &t->parameter[t->parameters];

			*p = (uint16_t)MIN(*p * 10u + byte - '0', PARAMETER_MAX);
		}
	} else if (byte == ';') {
		t->parameters += t->parameters < TERMINAL_PARAMETERS;
	} else {			/* below '@': a sequence that is none of ours */
		t->state = byte < '@' ? STATE_OTHER : STATE_TEXT;
		if (before == STATE_CSI)
			sequence(t, byte);
	}
}

void terminal_take(struct terminal *t, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const uint8_t byte = (uint8_t)text[i];

		if (byte < ' ')
			control(t, byte);
		else if (t->state == STATE_STRING)
			continue;
		else if (t->state != STATE_TEXT)
			escape(t, byte);
		else if ((byte & 0xc0) != 0x80)	/* the rest of a character shown as '?' */
			put(t, byte <= GLYPH_LAST ? byte : '?');
	}
}

void terminal_write(struct terminal *t, const char *text, size_t size)
{
	terminal_take(t, text, size);
	terminal_draw(t);
}
