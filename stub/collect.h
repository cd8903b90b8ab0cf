/* SPDX-License-Identifier: MIT */
/* collect.h - what all collectors have in common. */
#ifndef STUB_COLLECT_H
#define STUB_COLLECT_H
#include "lib/crumb.h"
#include "lib/status.h"
#include "stub/draft.h"

#define COLLECT_WHY	200	/* bytes of text: one line */

/*
 * Stages in which fault= cannot work: under UEFI, exceptions are firmware's until it is gone;
 * otherwise the first two are over before the options are read, and there is no firmware to leave.
 */
#define NO_FAULT_EFI	(1u << CRUMB_ENTRY | 1u << CRUMB_COLLECT | 1u << CRUMB_PLACE)
#define NO_FAULT_RAW	(1u << CRUMB_ENTRY | 1u << CRUMB_COLLECT | 1u << CRUMB_EXIT)

/*
 * Parse draft.cmdline into draft.options, read draft.wants and choose draft.info.regime. On failure
 * `why` holds the message. no_fault: NO_FAULT_EFI or NO_FAULT_RAW. If draft.info.flags has
 * BOOT_SECURE_BOOT, an option that weakens protection is ERR_SECURITY, unless the command line is
 * signed.
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
