/* SPDX-License-Identifier: MIT */
/* flush.h - TLB shootdown, and holding all other CPUs, for kernel/mm/space.h. */
#ifndef KERNEL_FLUSH_H
#define KERNEL_FLUSH_H

/*
 * Set space_flush and, if ARCH_BREAKS, space_hold and space_release. Once, on the boot CPU, before
 * others run.
 */
void flush_start(void);
#endif
