/* SPDX-License-Identifier: MIT */
/* fake_raw.h - for the ways in without firmware: a panic that a test can survive. */
#ifndef FAKE_RAW_H
#define FAKE_RAW_H
#include "tests/host/arch/cpu.h"
#include "tests/host/unit/unit.h"
#include "stub/raw/raw.h"
#include "stub/stub.h"

struct fake_raw {
	jmp_buf panicked;
	bool expected;		/* any other panic fails the test */
	char message[256];	/* of the last panic */
	uint32_t divisor;	/* the speed it was set to */
	struct boot_uart uart;	/* the message's console; type NONE: there was none */
};
extern struct fake_raw fake_raw;

/* Whether `call` ends in a panic, not by returning. */
#define PANICS(call) \
	(fake_raw.expected = true, setjmp(fake_raw.panicked) ? true : \
	 ((call), fake_raw.expected = false))

#define assert_panics(call, text)                                       \
	do {                                                            \
		if (!PANICS(call))                                      \
			fail_msg("no panic; expected: %s", text);       \
		if (!strstr(fake_raw.message, text))                    \
			fail_msg("\"%s\" has no \"%s\"", fake_raw.message, text); \
	} while (0)

/* Whether all of it was dropped without a panic, and with which message. */
static inline void assert_dropped(const struct raw *r, const struct boot_module *m,
				  const char *what, const char *why)
{
	assert_true(!m->mem.base && !m->mem.size && !m->kind);
	assert_int_equal(r->drops, 1);
	assert_string_equal(r->drop[0].what, what);
	assert_string_equal(r->drop[0].why, why);
}
#define NOT_THERE	"not in RAM, or overlaps the image"
#endif
