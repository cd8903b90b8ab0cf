/* SPDX-License-Identifier: MIT */
/* kernel.h - what the steps of kernel_main hand to each other. One CPU, no interrupts. */
#ifndef KERNEL_H
#define KERNEL_H
#include "arch/boot.h"
#include "arch/kernel.h"
#include "arch/map.h"
#include "lib/console/panic.h"
#include "kernel/stage.h"
#include "kernel/memory.h"

enum crash_kind { CRASH_NONE, CRASH_BREAK, CRASH_EXECUTE, CRASH_HANDLER, CRASH_STACK };

struct kernel_options {
	bool selftest, poweroff, panic;
	bool leave;			/* kernel_main returns, which no kernel should */
	uint32_t fault;			/* stage + 1; 0: none */
	enum crash_kind crash;
};

struct kernel {
	struct boot_info *bi;
	struct memory memory;
	struct kernel_options options;
	const char *cmdline;		/* as it can be dereferenced; never NULL */
};

/* From kernel_enter(), with `bi` as the regime sees it, on the boot stack. main.c */
void kernel_main(struct boot_info *bi);

/* Begin a stage, and take the deliberate fault if the command line asked for it there. */
void kernel_stage(const struct kernel *k, uint32_t stage);

/* The sum the image has now over what must never change: text and read-only data, without .sbat. */
uint64_t kernel_checksum(void);

/* Read the words that are the kernel's; unknown ones are passed over silently. options.c */
void options_read(const char *text, struct kernel_options *out);

/* One warning line for each word that neither the stub nor the kernel knows. */
void options_warn(const char *text);

/* The boot report: the map must be on and `memory` final. report.c */
void report_print(const struct kernel *k);

/* Look for the trail of the boot before this one, report it once and forget it. previous.c */
void previous_report(const struct kernel *k);

/* All checks, a line each; a sum at the end. Writes to free memory. selftest.c */
void selftest_run(struct kernel *k);

/* Come to an end of that kind; returns from CRASH_NONE alone. crash.c */
void crash_run(enum crash_kind kind);

/* Switch the machine off in whatever way works. poweroff.c */
_Noreturn void poweroff(struct kernel *k);
#endif
