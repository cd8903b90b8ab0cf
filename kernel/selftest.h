/* SPDX-License-Identifier: MIT */
/* selftest.h - checks. Each returns NULL if all is well, else a short reason. */
#ifndef KERNEL_SELFTEST_H
#define KERNEL_SELFTEST_H
#include "kernel/kernel.h"

/* Format a reason; valid until the next call. */
const char *selftest_why(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* selftest_image.c: the image as the stub has prepared it */
const char *check_checksum(struct kernel *k);
const char *check_relocations(struct kernel *k);
const char *check_bss(struct kernel *k);
const char *check_guard(struct kernel *k);
const char *check_readonly(struct kernel *k);
const char *check_noexec(struct kernel *k);

/* selftest_trap.c: exceptions and interrupts, and the state of the interrupted code */
const char *check_breakpoint(struct kernel *k);
const char *check_nesting(struct kernel *k);
const char *check_guards(struct kernel *k);
const char *check_trap_stacks(struct kernel *k);

/* selftest_time.c: the clock and its timer's interrupt */
const char *check_clock(struct kernel *k);
const char *check_timers(struct kernel *k);
const char *check_ticks(struct kernel *k);
const char *check_sleep(struct kernel *k);

/* selftest_cpus.c: the CPUs together */
const char *check_calls(struct kernel *k);
const char *check_every_guard(struct kernel *k);
const char *check_shootdown(struct kernel *k);
const char *check_alarms(struct kernel *k);
const char *check_work(struct kernel *k);
const char *check_turns(struct kernel *k);

/* selftest_memory.c: the memory map, the live tables, and memory itself */
const char *check_map(struct kernel *k);
const char *check_free(struct kernel *k);
const char *check_wx(struct kernel *k);
const char *check_uncached(struct kernel *k);
const char *check_guard_pages(struct kernel *k);
const char *check_write(struct kernel *k);

/* selftest_mm.c: kernel/mm */
const char *check_pages(struct kernel *k);
const char *check_split(struct kernel *k);
const char *check_remap(struct kernel *k);
const char *check_fixed(struct kernel *k);
const char *check_area(struct kernel *k);
const char *check_heap(struct kernel *k);
#endif
