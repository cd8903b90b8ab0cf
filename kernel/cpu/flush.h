/* SPDX-License-Identifier: MIT */
/* flush.h - what the address space (kernel/mm/space.h) needs of the other CPUs. */
#ifndef KERNEL_FLUSH_H
#define KERNEL_FLUSH_H

/* Set space_flush and the like. Once, before the second CPU runs. */
void flush_start(void);
#endif
