/* SPDX-License-Identifier: MIT */
/*
 * backtrace.c - see backtrace.h. Follows frame pointers: on all CPUs, functions and vectors store
 * the caller's frame pointer and, right after it, the return address.
 */
#include "kernel/cpu/backtrace.h"
#include "arch/cpu.h"
#include "kernel/cpu/symbols.h"
#include "lib/console/console.h"
#include "lib/console/panic.h"
#include "lib/image.h"

#define LINES_MAX	40
#define FRAMES_MAX	100000	/* bounds the walk over a stack that recursion has filled */

/* `exact`: pc is the instruction itself, not a return address, which is the one after the call. */
static void backtrace_line(uint64_t pc, bool exact)
{
	const uint64_t link = pc - (uint64_t)image_start;
	struct symbol s;

	if (symbol_find(exact ? pc : pc - 1, &s))
		console_print("  0x%016llx %.*s+0x%llx\n", LL(pc), (int)s.len, s.name,
			      LL(s.offset + !exact));
	else if (link < image_size())
		console_print("  0x%016llx (link 0x%llx)\n", LL(pc), LL(link));
	else
		console_print("  0x%016llx\n", LL(pc));
}

struct frame {
	uint64_t at;		/* its address */
	uint64_t next, pc;
};

static void frame_read(void *cookie)
{
	struct frame *f = cookie;
	const volatile uint64_t *word = (const volatile uint64_t *)f->at;

	f->next = word[0];
	f->pc = arch_code_address(word[1]);
}

/* Return addresses that repeat the one before are counted: infinite recursion takes two lines. */
static void backtrace_callers(struct frame *f)
{
	uint64_t last = 0;
	uint32_t lines = 0, again = 0;
	struct trap_info fault;
	bool good = true;

	for (uint32_t n = 0; n < FRAMES_MAX && lines < LINES_MAX && f->next; n++) {
		f->at = f->next - ARCH_FRAME;
		good = !(f->at % sizeof(uint64_t)) && trap_try(frame_read, f, &fault);
		if (!good)
			break;
		if (f->pc == last) {
			again++;
			continue;
		}
		if (again)
			console_print("  %u times\n", again + 1);
		again = 0;
		last = f->pc;
		lines++;
		if (f->pc)
			backtrace_line(f->pc, false);
	}
	if (again)
		console_print("  %u times\n", again + 1);
	if (!good)
		console_print("  and no frame at 0x%llx\n", LL(f->at));
	else if (f->next)
		console_print("  and so on\n");
}

void backtrace_print(uint64_t pc, uint64_t frame)
{
	struct frame f = { .next = frame };

	console_print("called from:\n");
	if (pc)
		backtrace_line(pc, true);
	backtrace_callers(&f);
}
