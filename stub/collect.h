/* SPDX-License-Identifier: MIT */
/* collect.h - what all collectors have in common. */
#ifndef STUB_COLLECT_H
#define STUB_COLLECT_H
#include "lib/status.h"
#include "stub/draft.h"

#define COLLECT_WHY	200	/* bytes of text: one line */

/*
 * Parse draft.cmdline into draft.options, read draft.wants and choose draft.info.regime. On failure
 * `why` holds the message. no_fault: bit set of the stages in which fault= cannot work. If
 * draft.info.flags has BOOT_SECURE_BOOT, an option that weakens protection is ERR_SECURITY,
 * unless the command line is signed.
 */
status_t collect_options(struct draft *d, uint32_t no_fault, char why[COLLECT_WHY]);

/*
 * The same for any command line, with the parts of a draft given one by one; `trusted`: it is
 * signed.
 */
status_t collect_words(struct boot_info *info, struct kernel_wants *wants, struct options *options,
		       const char *cmdline, bool trusted, uint32_t no_fault,
		       char why[COLLECT_WHY]);

/*
 * Use as console the port from the options, or else the one that was found, at the speed that the
 * options ask for. Only without firmware, or when it is gone.
 */
void collect_console(const struct draft *d);
#endif
