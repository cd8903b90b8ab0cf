/* SPDX-License-Identifier: MIT */
/*
 * again.h - lets our kernel boot itself once more: on request, or instead of halting after a panic.
 */
#ifndef KERNEL_AGAIN_H
#define KERNEL_AGAIN_H
#include "kernel/kernel.h"

/* Panics that may end in another boot if panic=again gives no number. */
#define AGAIN_PANICS	3

/* Bytes of the next command line, its NUL included: as many as the stub keeps. */
#define AGAIN_CMDLINE	4096

/* Set up panic=again. Call it once, after options_read(). */
void again_start(struct kernel *k);

/*
 * Boot again if the command line asks for it (again, again=N). Returns if it does not, or if
 * stub_again_prepare() refused: then the reason has been printed, and nothing was stopped.
 */
void again_run(struct kernel *k);

/* Likewise with this command line, also for the monitor. Returns the reason, unprinted. */
const char *again_with(struct kernel *k, const char *cmdline);

/*
 * For again_with(): after the `n` bytes in text[AGAIN_CMDLINE] append the words of `cmdline`,
 * except options with these names, the last of which is "", and what follows "--". False: too long.
 */
#define AGAIN_NAME	8
bool again_words(char *text, int n, const char *cmdline, const char (*except)[AGAIN_NAME]);
#endif
