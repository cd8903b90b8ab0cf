/* SPDX-License-Identifier: MIT */
/* kernel.h - the steps of kernel_main, and what they share. All run on the boot CPU. */
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
#include "kernel/firmware/power.h"
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
	uint32_t crash;			/* enum crash_kind */
	uint32_t cpus;			/* most CPUs to run; 0: all */
	struct memtest_left left;	/* what the previous run's memtest left for this one */
	uint32_t serial_limit, screen_limit;	/* the highest CONSOLE_* shown */
	struct word run;		/* the monitor's first commands; length 0: none */
};

struct kernel {
	struct boot_info *bi;
	struct memory memory;
	struct windows windows;		/* on firmware's tables */
	struct power power;		/* kernel_power()'s */
	struct kernel_options options;
	const char *cmdline;		/* in this regime; never NULL */
	char name[80];			/* of the machine, as firmware calls it; may be "" */
	const char *irq_why, *timer_why;	/* why there is none, or NULL */
	struct arch_irq irq;
	struct arch_timer timer;
	struct cpus cpus;
	bool guarded;			/* the CPU refuses branches to unmarked text */
};

/* Called once by kernel_enter(), with `bi` as the regime sees it, on the boot stack. main.c */
void kernel_main(struct boot_info *bi);

/* Begin a stage (STAGE_*), and fault in it if the command line has fault= with its name. */
void kernel_stage(const struct kernel *k, uint32_t stage);

/* The current sum of what must never change: text and read-only data, without .sbat. */
uint64_t kernel_checksum(void);

/*
 * Read the kernel's own words. Unknown ones are ignored, and so is a value that an option cannot
 * have: an earlier one stays. options.c
 */
void options_read(const char *text, struct kernel_options *out);

/* One warning line for each word that neither the stub nor the kernel knows. */
void options_warn(const char *text);

/* Fill in k->name from SMBIOS or else the device tree. Call it after mm_start(). machine_name.c */
void machine_name(struct kernel *k);

/* Start interrupts and time, then input devices and other CPUs; print a line for each. machine.c */
void machine_start(struct kernel *k);

/*
 * Also print to the screen, if there is one that we can draw on. Call it after mm_start(). screen.c
 */
void screen_start(struct kernel *k);

/*
 * Draw text that was printed but not drawn yet. Call it before waiting or a long computation.
 * screen.c
 */
void screen_show(void);

/* The first module of this kind (BOOT_MODULE_*) that is not empty, or NULL. module.c */
const struct boot_module *module_find(const struct kernel *k, uint32_t kind);

/* Print the boot report. The memory must be mapped and `memory` final. report.c */
void report_print(const struct kernel *k);

/* Print the end of a line: ticks and, unless `hz` is 0, microseconds. report.c */
void report_ticks(uint64_t ticks, uint64_t hz);

/*
 * Find, report and erase the previous boot's breadcrumbs. Call it before free memory is
 * overwritten. previous.c
 */
void previous_report(const struct kernel *k);

/*
 * Run all checks; print a line for each, then the totals. True if all passed. Overwrites free
 * memory. selftest.c
 */
bool selftest_run(struct kernel *k);

/* The kind with this name, or CRASH_NONE; and the name of a kind. options.c */
enum crash_kind crash_named(struct word w);
const char *crash_name(enum crash_kind kind);

/* Crash in this way. Returns only for CRASH_NONE. crash.c */
void crash_run(enum crash_kind kind);

/*
 * Calls itself for as long as *arg, a bool, is true: until the stack is used up. Hidden, as its
 * address is compared: x86_64 would take it from a GOT, which is a page of the image. crash.c
 */
__attribute__((visibility("hidden"))) void crash_stack(void *arg);

/*
 * Switch the machine off or restart it, by the first method that works; poweroff() panics if none
 * does. If `how` is not NULL, reboot() tries only that method: "efi", "acpi" or "cpu". It returns
 * if none works: false if there is no such method. Both on the boot CPU. poweroff.c
 */
_Noreturn void poweroff(struct kernel *k);
bool reboot(struct kernel *k, const char *how);
#endif
