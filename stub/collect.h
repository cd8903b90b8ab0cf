/* SPDX-License-Identifier: MIT */
/* collect.h - what every collector does the same way. */
#ifndef STUB_COLLECT_H
#define STUB_COLLECT_H
#include "lib/status.h"
#include "stub/draft.h"

#define COLLECT_WHY	200	/* bytes of text: a line */

/*
 * Parse draft.cmdline into draft.options, read draft.wants and choose draft.info.regime. If that
 * fails, `why` says why.
 * no_fault: bit set of the stages in which fault= cannot be obeyed. With BOOT_SECURE_BOOT in
 * draft.info.flags what weakens us is ERR_SECURITY.
 */
status_t collect_options(struct draft *d, uint32_t no_fault, char why[COLLECT_WHY]);

/*
 * The console is the port that the options name, or that was found, at the speed that they ask
 * for. Without firmware, or when it is gone.
 */
void collect_console(const struct draft *d);
#endif
