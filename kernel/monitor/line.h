/* SPDX-License-Identifier: MIT */
/*
 * line.h - edits a line typed at a terminal, with history and completion. Pure: bytes in, bytes out
 * through write(). Understands the keys of a VT100 and of Emacs.
 */
#ifndef MONITOR_LINE_H
#define MONITOR_LINE_H
#include "lib/base.h"

#define LINE_MAX	240	/* with its NUL; console_print() does not cut it */
#define LINE_HISTORY	16	/* lines kept */

enum line_event {
	LINE_MORE,		/* the line is not complete yet */
	LINE_READY,		/* text is a whole line */
	LINE_CANCELLED,		/* Ctrl-C: begin another */
};

struct line {
	char text[LINE_MAX];	/* always ends with a NUL */
	uint32_t size, at;	/* bytes, without the NUL; where the cursor is */
	const char *prompt;
	void (*write)(const char *text, size_t size);
	/*
	 * Completion: word n, from 0, of those that begin with the first `size` bytes of `start`;
	 * NULL if there are fewer. `first`: it is the first word of a command.
	 */
	const char *(*complete)(const char *start, size_t size, bool first, uint32_t n);
	char history[LINE_HISTORY][LINE_MAX];
	uint32_t kept;		/* lines in history: the newest is (kept - 1) % LINE_HISTORY */
	uint32_t back;		/* how far back the line shown is; 0: the one being typed */
	uint32_t escape;	/* how much of an escape sequence was read */
	uint32_t number;	/* its parameter */
	bool newline;		/* the last byte was a CR: ignore an LF now */
};

/* Begin a line and show `prompt`. prompt, write and complete must be set. */
void line_start(struct line *l);

/* Handle one byte from the keyboard. After LINE_READY the text stays until line_start(). */
enum line_event line_key(struct line *l, uint8_t byte);
#endif
