/* SPDX-License-Identifier: MIT */
/*
 * terminal.h - text on the screen as xterm shows it: scrolling, colours, cursor movement.
 *
 * A linear framebuffer is slow to write and slower to read, so the terminal keeps what each cell
 * shows in memory of its own, draws only pixels that change and never reads a pixel. Pure but for
 * the framebuffer. One CPU at a time.
 */
#ifndef KERNEL_TERMINAL_H
#define KERNEL_TERMINAL_H
#include "include/stubborn/boot_info.h"
#include "lib/base.h"

#define TERMINAL_PARAMETERS	16	/* of one escape sequence; the rest are ignored */

struct cell {
	uint8_t ch;		/* a character of the font */
	uint8_t look;		/* colour of the text, 0 to 15; of the background, << 4 */
};

struct terminal {
	struct boot_fb fb;	/* mem.base as accessible now */
	uint32_t scale;
	uint32_t columns, rows;	/* cells */
	uint32_t pitch;		/* cells from one row to the next, a multiple of 4 */
	struct cell *want;	/* rows of a ring: what should be shown */
	struct cell *shown;	/* what is shown, from the top of the screen */
	uint32_t top;		/* row of the ring at the top of the screen */
	uint32_t row, column;	/* the cursor; column may be `columns`: the next byte wraps */
	uint32_t cursor;	/* row where the cursor was drawn last */
	uint32_t first, last;	/* rows in which something may have changed; first > last: none */
	uint32_t colours[16];	/* pixels */
	uint8_t look;
	uint8_t state;		/* of the escape sequence that is being read */
	uint8_t parameters;	/* how many it has so far */
	uint16_t parameter[TERMINAL_PARAMETERS + 1];	/* and a 0 */
};

/* Bytes of memory for the cells of a terminal on `fb`; 0 if it cannot be drawn on. */
uint64_t terminal_size(const struct boot_fb *fb);

/*
 * Begin with an empty screen. `memory` has terminal_size() bytes, aligned to 8; `fb` has passed
 * terminal_size(), and its mem.base is accessible. Both belong to the terminal from then on.
 */
void terminal_start(struct terminal *t, const struct boot_fb *fb, void *memory);

/*
 * Show text: UTF-8, of which only ASCII is in the font ('?' for the rest); BEL BS HT LF CR, where
 * LF begins a new line, and of ECMA-48 CUU CUD CUF CUB CHA CUP ED EL SGR (16 colours). Other
 * control sequences and colours are ignored, those with private parameters or intermediate bytes
 * too, and so are control strings (OSC, DCS ...), which ST or any control character ends. The
 * result is on the screen when this returns.
 */
void terminal_write(struct terminal *t, const char *text, size_t size);

/*
 * The same in two steps, so that long output is drawn only once: take text; draw all that was
 * taken.
 */
void terminal_take(struct terminal *t, const char *text, size_t size);
void terminal_draw(struct terminal *t);
#endif
