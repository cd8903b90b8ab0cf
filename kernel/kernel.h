/* SPDX-License-Identifier: MIT */
/* kernel.h - the steps of kernel_main, and what they share. The boot CPU's. */
#ifndef KERNEL_H
#define KERNEL_H
#include "arch/boot.h"
#include "arch/irq.h"
#include "arch/kernel.h"
#include "arch/map.h"
#include "arch/timer.h"
#include "lib/console/panic.h"
#include "lib/words.h"
#include "kernel/cpu/start.h"
#include "kernel/stage.h"
#include "kernel/memory.h"
#include "kernel/memtest/ranges.h"
#include "kernel/mm/windows.h"

enum crash_kind {
	CRASH_NONE, CRASH_BREAK, CRASH_EXECUTE, CRASH_HANDLER, CRASH_JUMP, CRASH_PANIC, CRASH_READ,
	CRASH_SMASH, CRASH_STACK, CRASH_TEXT, CRASH_UNDEFINED, CRASH_WRITE, CRASH_KINDS,
};

/* again, again=N, again=N:any */
struct again_option {
	bool once, any;
	uint32_t times;
	const char *rest;		/* once: what follows "--" */
};

struct kernel_options {
	bool selftest, poweroff, panic;
	bool idle;			/* halt instead of starting the monitor */
	struct again_option again;
	uint32_t panic_again;		/* how many panics may end in stub_again() */
	bool leave;			/* kernel_main returns, which a kernel should never do */
	uint32_t fault;			/* stage + 1; 0: none */
	enum crash_kind crash;
	uint32_t cpus;			/* how many shall run at most; 0: all */
	struct memtest_left left;	/* for the command memtest, by the run before this one */
	uint32_t serial_limit, screen_limit;	/* the highest CONSOLE_* shown */
	struct word run;		/* the monitor's first commands; length 0: none */
};

struct kernel {
	struct boot_info *bi;
	struct memory memory;
	struct windows windows;		/* on firmware's tables */
	struct kernel_options options;
	const char *cmdline;		/* accessible; never NULL */
	char name[80];			/* of the machine, as firmware calls it; may be "" */
	const char *irq_why, *timer_why;	/* why there is none, or NULL */
	struct arch_irq irq;
	struct arch_timer timer;
	struct cpus cpus;
};

/* Called by kernel_enter(), with `bi` as the regime sees it, on the boot stack. main.c */
void kernel_main(struct boot_info *bi);

/* Begin a stage, and fault in it if the command line says so. */
void kernel_stage(const struct kernel *k, uint32_t stage);

/* The present sum of what must never change: text and read-only data, without .sbat. */
uint64_t kernel_checksum(void);

/* Read the kernel's own words; ignores unknown ones. options.c */
void options_read(const char *text, struct kernel_options *out);

/* One warning line for each word that neither the stub nor the kernel knows. */
void options_warn(const char *text);

/* Find out k->name. After mm_start(). machine_name.c */
void machine_name(struct kernel *k);

/* Start interrupts and time, then other CPUs; print a line for each. machine.c */
void machine_start(struct kernel *k);

/* Show text on the screen, too, if there is one that fits. After mm_start(). screen.c */
void screen_start(struct kernel *k);

/* Draw what was printed and is not drawn yet: before waiting, or computing for long. screen.c */
void screen_show(void);

/* The first module of this kind (BOOT_MODULE_*) that is not empty, or NULL. module.c */
const struct boot_module *module_find(const struct kernel *k, uint32_t kind);

/* Print the boot report. The map must be on and `memory` final. report.c */
void report_print(const struct kernel *k);

/* The end of a line: ticks, and microseconds if `hz` is known (not 0). report.c */
void report_ticks(uint64_t ticks, uint64_t hz);

/* Find the previous boot's breadcrumbs, report and erase them. previous.c */
void previous_report(const struct kernel *k);

/* Run all checks: a line each, a sum at the end. All good? Writes to free memory. selftest.c */
bool selftest_run(struct kernel *k);

/* The kind of that name, CRASH_NONE if there is none; and the name. options.c */
enum crash_kind crash_named(struct word w);
const char *crash_name(enum crash_kind kind);

/* End the boot in that way. Returns only for CRASH_NONE. crash.c */
void crash_run(enum crash_kind kind);

/*
 * Switch the machine off, or start it again, by any method that works. reboot() by one alone,
 * "efi", "acpi" or "cpu", if `how` is not NULL; it returns if none works. poweroff.c
 */
_Noreturn void poweroff(struct kernel *k);
void reboot(struct kernel *k, const char *how);
#endif
