/* SPDX-License-Identifier: MIT */
/*
 * line.c - see line.h. The line on the screen is redrawn after each change, except for the usual
 * one, a character at its end. A line that is wider than the terminal wraps as the terminal does;
 * only the looks suffer.
 */
#include "line.h"
#include "lib/print.h"
#include "lib/string.h"

#define CTRL(c)		((c) & 0x1f)
#define KEY_ESCAPE	0x1b
#define KEY_DELETE	0x7f
#define NUMBER_MAX	99u		/* of a sequence: no key of ours has more */

enum { ESCAPE_NONE, ESCAPE_BEGUN, ESCAPE_CSI, ESCAPE_SS3 };

static void line_print(const struct line *l, const char *text)
{
	l->write(text, strlen(text));
}

static void line_show(const struct line *l)
{
	char move[16];

	line_print(l, "\r");
	line_print(l, l->prompt);
	l->write(l->text, l->size);
	line_print(l, "\x1b[K");
	if (l->at < l->size) {
		text_format(move, sizeof(move), "\x1b[%uD", l->size - l->at);
		line_print(l, move);
	}
}

void line_start(struct line *l)
{
	l->size = l->at = l->back = l->escape = 0;
	l->text[0] = 0;
	line_print(l, l->prompt);
}

static void line_insert(struct line *l, char c)
{
	if (l->size + 1 >= LINE_MAX) {
		line_print(l, "\a");
		return;
	}
	memmove(&l->text[l->at + 1], &l->text[l->at], l->size + 1 - l->at);
	l->text[l->at++] = c;
	l->size++;
	if (l->at == l->size)
		l->write(&c, 1);
	else
		line_show(l);
}

/* Remove [from, to), which contains or touches the cursor. */
static void line_remove(struct line *l, uint32_t from, uint32_t to)
{
	memmove(&l->text[from], &l->text[to], l->size + 1 - to);
	l->size -= to - from;
	l->at = from;
	line_show(l);
}

static void line_move(struct line *l, uint32_t at)
{
	l->at = at;
	line_show(l);
}

static void line_recall(struct line *l, bool older)
{
	const uint32_t most = MIN(l->kept, LINE_HISTORY);
	const char *text = "";

	if (older ? l->back >= most : l->back == 0) {
		line_print(l, "\a");
		return;
	}
	l->back += older ? 1 : -1u;
	if (l->back)
		text = l->history[(l->kept - l->back) % LINE_HISTORY];
	l->size = l->at = (uint32_t)strlen(text);
	memcpy(l->text, text, l->size + 1);
	line_show(l);
}

/* Add the line to the history, unless it is empty or repeats the one before it. */
static void line_keep(struct line *l)
{
	if (!l->size || (l->kept && !strcmp(l->text, l->history[(l->kept - 1) % LINE_HISTORY])))
		return;
	memcpy(l->history[l->kept++ % LINE_HISTORY], l->text, l->size + 1);
	if (l->kept == 2 * LINE_HISTORY)	/* keeps kept % LINE_HISTORY, without overflow */
		l->kept = LINE_HISTORY;
}

static uint32_t word_start(const struct line *l)
{
	uint32_t at = l->at;

	while (at && l->text[at - 1] == ' ')
		at--;
	while (at && l->text[at - 1] != ' ')
		at--;
	return at;
}

static void line_list(const struct line *l, const char *start, size_t size, bool first)
{
	const char *word;

	line_print(l, "\n");
	for (uint32_t n = 0; (word = l->complete(start, size, first, n)); n++) {
		line_print(l, word);
		line_print(l, "  ");
	}
	line_print(l, "\n");
	line_show(l);
}

/* Insert what all candidates have in common; if that is nothing, list them. */
static void line_complete(struct line *l)
{
	uint32_t from = l->at, start;
	const char *one, *other;
	size_t typed, same;
	bool first;

	while (from && l->text[from - 1] != ' ' && l->text[from - 1] != ';')
		from--;
	for (start = from; start && l->text[start - 1] == ' ';)
		start--;
	first = !start || l->text[start - 1] == ';';
	typed = l->at - from;
	one = l->complete(&l->text[from], typed, first, 0);
	if (!one) {
		line_print(l, "\a");
		return;
	}
	same = strlen(one);
	for (uint32_t n = 1; (other = l->complete(&l->text[from], typed, first, n)); n++)
		for (size_t i = typed; i < same; i++)
			if (one[i] != other[i])
				same = i;
	if (same == typed && l->complete(&l->text[from], typed, first, 1)) {
		line_list(l, &l->text[from], typed, first);
		return;
	}
	for (size_t i = typed; i < same; i++)
		line_insert(l, one[i]);
	if (!l->complete(&l->text[from], typed, first, 1))
		line_insert(l, ' ');
}

/* Handle the last byte of an escape sequence. */
static void line_escape(struct line *l, uint8_t byte)
{
	const uint32_t number = l->number;

	switch (byte) {
	case 'A':
		line_recall(l, true);
		break;
	case 'B':
		line_recall(l, false);
		break;
	case 'C':
		line_move(l, MIN(l->at + 1, l->size));
		break;
	case 'D':
		line_move(l, l->at ? l->at - 1 : 0);
		break;
	case 'H':
		line_move(l, 0);
		break;
	case 'F':
		line_move(l, l->size);
		break;
	case '~':
		if (number == 1 || number == 7)
			line_move(l, 0);
		else if (number == 4 || number == 8)
			line_move(l, l->size);
		else if (number == 3 && l->at < l->size)
			line_remove(l, l->at, l->at + 1);
		break;
	default:
		break;
	}
}

/* Whether the byte belonged to an escape sequence. */
static bool line_sequence(struct line *l, uint8_t byte)
{
	if (byte < ' ')				/* ESC was typed alone; this is another key */
		l->escape = ESCAPE_NONE;
	switch (l->escape) {
	case ESCAPE_BEGUN:
		l->escape = byte == '[' ? ESCAPE_CSI : byte == 'O' ? ESCAPE_SS3 : ESCAPE_NONE;
		l->number = 0;
		return true;
	case ESCAPE_CSI:
		if (byte >= '0' && byte <= '9') {
			l->number = MIN(l->number * 10 + byte - '0', NUMBER_MAX);
			return true;
		}
		if (byte < '@')			/* another parameter: no key of ours has it */
			return true;
		break;
	case ESCAPE_SS3:
		break;
	default:
		return false;
	}
	l->escape = ESCAPE_NONE;
	line_escape(l, byte);
	return true;
}

static enum line_event line_end(struct line *l, bool cancelled)
{
	line_print(l, cancelled ? "^C\n" : "\n");
	if (cancelled)
		return LINE_CANCELLED;
	line_keep(l);
	return LINE_READY;
}

static void line_control(struct line *l, uint8_t byte)
{
	static const char keys[' '] = {		/* the same as arrow keys, Home, End */
		[CTRL('A')] = 'H', [CTRL('B')] = 'D', [CTRL('E')] = 'F',
		[CTRL('F')] = 'C', [CTRL('N')] = 'B', [CTRL('P')] = 'A',
	};

	if (byte < ' ' && keys[byte]) {
		line_escape(l, (uint8_t)keys[byte]);
		return;
	}
	switch (byte) {
	case CTRL('D'):
		if (l->at < l->size)
			line_remove(l, l->at, l->at + 1);
		break;
	case CTRL('H'):
	case KEY_DELETE:
		if (l->at)
			line_remove(l, l->at - 1, l->at);
		break;
	case CTRL('I'):
		line_complete(l);
		break;
	case CTRL('K'):
		line_remove(l, l->at, l->size);
		break;
	case CTRL('L'):
		line_print(l, "\x1b[2J\x1b[H");
		line_show(l);
		break;
	case CTRL('U'):
		line_remove(l, 0, l->at);
		break;
	case CTRL('W'):
		line_remove(l, word_start(l), l->at);
		break;
	case KEY_ESCAPE:
		l->escape = ESCAPE_BEGUN;
		break;
	default:
		break;
	}
}

enum line_event line_key(struct line *l, uint8_t byte)
{
	const bool after_cr = l->newline;

	l->newline = byte == '\r';
	if (line_sequence(l, byte) || (byte == '\n' && after_cr))
		return LINE_MORE;
	if (byte == '\r' || byte == '\n')
		return line_end(l, false);
	if (byte == CTRL('C'))
		return line_end(l, true);
	if (byte < ' ' || byte == KEY_DELETE)
		line_control(l, byte);
	else if (byte < KEY_DELETE)		/* commands need only ASCII */
		line_insert(l, (char)byte);
	return LINE_MORE;
}
