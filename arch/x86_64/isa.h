/* SPDX-License-Identifier: MIT */
/* isa.h - what generic code must know of x86_64 when it is compiled; isa.mk includes it first. */
#ifndef ISA_H
#define ISA_H

/* Half of what four levels translate, less the 512 GiB where the image goes (arch_space). */
#define ARCH_REACH	((1ull << 47) - (512ull << 30))

#define ARCH_PORTS	1
#define ARCH_TOLD	0
#define ARCH_CALLS	0
#endif
