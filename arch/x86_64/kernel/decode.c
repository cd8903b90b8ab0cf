/* SPDX-License-Identifier: MIT */
/* decode.c - see decode.h. SDM 3A chapter 6. */
#include "decode.h"
#include "arch/x86_64/boot/exception.h"
#include "lib/print.h"

#define SEL_EXT		(1u << 0)	/* selector error code, 6.13: external event */
#define SEL_IDT		(1u << 1)
#define SEL_TI		(1u << 2)
#define SEL_INDEX(e)	((uint32_t)(e) >> 3 & 0x1fff)

#define DR6_B		0xf		/* 3B 18.2.3: which of the four */
#define DR6_BD		(1u << 13)
#define DR6_BS		(1u << 14)

#define CP_KIND(e)	((uint32_t)(e) & 0x7fff)	/* 6.15, vector 21 */

static void decode_selector(char *text, size_t size, const char *what, uint64_t error)
{
	const char *by = error & SEL_EXT ? ", external event" : "";

	if (!(error & ~(uint64_t)SEL_EXT))
		text_format(text, size, "%s%s", what, by);
	else if (error & SEL_IDT)
		text_format(text, size, "%s, vector %u of the IDT%s", what, SEL_INDEX(error), by);
	else
		text_format(text, size, "%s, entry %u of the %s (selector 0x%x)%s", what,
			    SEL_INDEX(error), error & SEL_TI ? "LDT" : "GDT",
			    (uint32_t)error & 0xfff8, by);
}

static const char *page_why(uint64_t error)
{
	if (error & PF_RSVD)
		return "reserved bit set";
	if (error & PF_SGX)
		return "SGX";
	if (error & PF_PK)
		return "protection key";
	return error & PF_P ? "no permission" : "not mapped";
}

static void decode_page(char *text, size_t size, uint64_t error)
{
	text_format(text, size, "page fault, %s, %s%s%s", page_why(error),
		    error & PF_I ? "execute" : error & PF_W ? "write" : "read",
		    error & PF_SS ? ", shadow stack" : "", error & PF_U ? ", user mode" : "");
}

static void decode_debug(char *text, size_t size, uint64_t dr6)
{
	const uint32_t which = (uint32_t)dr6 & DR6_B;

	if (which)
		text_format(text, size, "debug, breakpoint register %d", __builtin_ctz(which));
	else
		text_format(text, size, "debug%s", dr6 & DR6_BS ? ", single step" :
			    dr6 & DR6_BD ? ", debug register access" : "");
}

static void decode_control(char *text, size_t size, uint64_t error)
{
	static const char kind[][20] = {
		"", ", near return", ", far return", ", no ENDBR", ", RSTORSSP", ", SETSSBSY",
	};

	text_format(text, size, "control protection%s",
		    CP_KIND(error) < ARRAY_SIZE(kind) ? kind[CP_KIND(error)] : "");
}

/* The CPU pushes right below RSP. If CR2 is near it, that has failed: the stack has overflowed. */
static void decode_double(char *text, size_t size, const struct decode *d)
{
	const bool stack = d->cr2 - (d->rsp - PAGE_SIZE) < 2 * PAGE_SIZE;

	text_format(text, size, "double fault%s", stack ? ", stack overflow" : "");
}

void decode_exception(char *text, size_t size, const struct decode *d)
{
	const char *what = exception_name(d->vector);

	switch (d->vector) {
	case VECTOR_DB: decode_debug(text, size, d->dr6); return;
	case VECTOR_DF: decode_double(text, size, d); return;
	case VECTOR_TS: case VECTOR_NP: case VECTOR_SS: case VECTOR_GP:
		decode_selector(text, size, what, d->error);
		return;
	case VECTOR_PF: decode_page(text, size, d->error); return;
	case VECTOR_CP: decode_control(text, size, d->error); return;
	default: text_format(text, size, "%s", what);
	}
}
