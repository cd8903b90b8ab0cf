/* SPDX-License-Identifier: MIT */
/* sbi.h - calls of the firmware in M-mode (RISC-V SBI specification 2.0). Any time, any stack. */
#ifndef SBI_H
#define SBI_H

/* Extensions (a7), and their functions (a6) */
#define SBI_PUTCHAR	1		/* legacy, 5.2 */
#define SBI_GETCHAR	2		/* legacy, 5.3 */
#define SBI_SHUTDOWN	8		/* legacy, 5.9: before SRST */
#define SBI_BASE	0x10
#define SBI_PROBE	3
#define SBI_MVENDORID	4
#define SBI_MARCHID	5
#define SBI_MIMPID	6
#define SBI_TIME	0x54494d45	/* set_timer */
#define SBI_IPI		0x735049	/* send_ipi */
#define SBI_RFENCE	0x52464e43
#define SBI_SFENCE_VMA	1
#define SBI_HSM		0x48534d
#define SBI_HART_START	0
#define SBI_HART_STOP	1
#define SBI_HART_STATUS	2
#define SBI_SRST	0x53525354
#define SBI_DBCN	0x4442434e
#define SBI_WRITE_BYTE	2

#define SBI_ALL		(~0ull)		/* as the base of a mask: every hart */
#define SBI_STARTED	0		/* HART_STATUS */
#define SBI_STOPPED	1
#define SBI_START_PENDING	2

#ifndef __ASSEMBLER__
#include "lib/base.h"

/* Chapter 3, table 1 */
enum {
	SBI_SUCCESS = 0, SBI_FAILED = -1, SBI_NOT_SUPPORTED = -2, SBI_INVALID_PARAM = -3,
	SBI_DENIED = -4, SBI_INVALID_ADDRESS = -5, SBI_ALREADY_AVAILABLE = -6,
};

struct sbi {
	int64_t error;
	uint64_t value;
};

static inline struct sbi sbi_call(uint64_t extension, uint64_t function, uint64_t a, uint64_t b,
				  uint64_t c, uint64_t d)
{
	register uint64_t a0 __asm__("a0") = a;
	register uint64_t a1 __asm__("a1") = b;
	register uint64_t a2 __asm__("a2") = c;
	register uint64_t a3 __asm__("a3") = d;
	register uint64_t a6 __asm__("a6") = function;
	register uint64_t a7 __asm__("a7") = extension;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a6), "r"(a7)
			 : "memory");
	return (struct sbi){ (int64_t)a0, a1 };
}
#endif
#endif
