/* SPDX-License-Identifier: MIT */
/*
 * panic.c - the last messages. Runs on any stack in any state after firmware is gone, so it trusts
 * nothing: after a fault in here the port is not used, and the next one goes to arch_halt.
 */
#include "lib/console/panic.h"
#include "arch/boot.h"
#include "lib/console/console.h"
#include "lib/crumb.h"
#include "lib/image.h"
#include "lib/print.h"
#include "lib/wants.h"

#define PANIC_LINE	255		/* and a newline: one console_print */
#define REGS_PER_LINE	4

void (*panic_backtrace)(uint64_t, uint64_t) __attribute__((section(".data"))) = NULL;

void (*panic_first)(void) __attribute__((section(".data"))) = NULL;
void (*panic_last)(void) __attribute__((section(".data"))) = NULL;

/*
 * Returns how many panics began before: at most `most`. In the second one the serial port is not
 * used, as it may be what has faulted. If ARCH_CALLS, firmware prints instead, unless the port is
 * stuck: firmware may use the same one, and wait for ever.
 */
static uint32_t panic_enter(uint32_t most)
{
	uint32_t before;

	console.level = CONSOLE_ALWAYS;
	console.limit = CONSOLE_ALL;	/* whatever others print at */
	if (panic_first)
		panic_first();
	before = console.panics++;
	if (before > most)
		arch_halt();
	if (ARCH_CALLS && before && !console.dead)
		console.uart.type = BOOT_UART_CALL;
	else
		console.dead |= before;
	console.screen_on = 0;		/* it may fault: the port comes first */
	crumb_trail->faulted = 1;
	return before;
}

static _Noreturn void panic_end(void)
{
	void (*last)(void) = panic_last;

	panic_last = NULL;
	if (last)
		last();
	arch_halt();
}

/*
 * Repeat on the screen what was printed on the serial port, below what is there. Done last: if the
 * framebuffer is not mapped, this faults, and nothing more is shown. The second call ends the
 * repetition: both get what follows. False: there is nothing to repeat.
 */
static bool panic_turn_to_screen(void)
{
	if (console.level == CONSOLE_REPEATED || console.screen_write ||
	    console.fb.format == BOOT_FB_NONE) {
		console.level = CONSOLE_ALWAYS;
		return false;
	}
	console.level = CONSOLE_REPEATED;
	console.screen_on = console.row;
	if (!console.row)
		console_screen(&console.fb, 0);
	return true;
}

static void print_name(void)
{
	console_print("%.*s: panic: ", WANTS_NAME, wants_name());
}

__attribute__((weak)) void panic(const char *fmt, ...)	/* a kernel may have its own */
{
	char line[PANIC_LINE];
	va_list ap;

	va_start(ap, fmt);
	text_vformat(line, sizeof(line), fmt, ap);	/* a bad argument faults here: first */
	va_end(ap);
	(void)panic_enter(0);
	text_format(crumb_trail->text, CRUMB_TEXT, "%s", line);
	do {
		print_name();
		console_print("%s\n", line);
		if (panic_backtrace)
			panic_backtrace(0, (uint64_t)__builtin_frame_address(0));
	} while (panic_turn_to_screen());
	panic_end();
}

void panic_returned(void)
{
	panic("kernel_main has returned");
}

static void print_registers(const struct trap_info *t)
{
	for (uint32_t i = 0; i < t->regs; i++) {
		bool last = i % REGS_PER_LINE == REGS_PER_LINE - 1 || i + 1 == t->regs;

		console_print("%4s %016llx%s", t->reg_name[i], LL(t->reg[i]),
			      last ? "\n" : " ");
	}
}

static void print_trap(const struct trap_info *t, const char *then, uint64_t link, bool inside)
{
	print_name();
	console_print("%s%s at pc 0x%llx", crumb_trail->text, then, LL(t->pc));
	if (inside)
		console_print(" (link 0x%llx)", LL(link));
	console_print("\n");
	print_registers(t);
	if (panic_backtrace)
		panic_backtrace(t->pc, t->frame);
	print_name();
	console_print("halted\n");
}

void panic_trap(const struct trap_info *t)
{
	uint64_t link = t->pc - (uint64_t)image_start;
	bool inside = link < image_size();
	struct crumbs *crumbs = crumb_trail;
	const char *then = "; then a fault";	/* what came first is repeated */
	char number[CRUMB_LABEL];

	if (!panic_enter(1)) {
		then = "";
		crumbs->fault_pc = inside ? link : t->pc;
		crumbs->fault_cause = t->cause;
		crumbs->fault_address = t->address;
		text_format(crumbs->text, CRUMB_TEXT,
			    "fault in stage %s: %s (%s 0x%llx, %s 0x%llx)",
			    crumb_label(crumbs->stage, number), t->what, t->cause_name,
			    LL(t->cause), t->address_name, LL(t->address));
	}
	do {
		print_trap(t, then, link, inside);
	} while (panic_turn_to_screen());
	console_mark_fault();
	panic_end();
}
