/* SPDX-License-Identifier: MIT */
/* csr.h - control and status registers, spelled as in the RISC-V privileged specification 1.12. */
#ifndef CSR_H
#define CSR_H

/* sstatus, 4.1.1; FS: floating point, off for us */
#define SSTATUS_SIE	(1 << 1)
#define SSTATUS_FS	(3 << 13)
#define SSTATUS_SUM	(1 << 18)	/* pages of U-mode may be accessed */
#define SSTATUS_MXR	(1 << 19)	/* what can be executed can be read */
#define SSTATUS_SDT	(1 << 24)	/* Ssdbltrp: another trap goes to M-mode; a trap sets it */

/* scause, 4.1.8 */
#define SCAUSE_INTERRUPT (1ull << 63)

/* sie and sip, 4.1.3: bits, which are the numbers in scause, too */
#define IRQ_SOFT	1
#define IRQ_TIMER	5
#define IRQ_EXTERNAL	9

/* hie: interrupts of guests, which sie does not mask; by number (hypervisor extension, 8.2.3) */
#define HIE		0x604		/* clang 14 needs an option to know its name */
#define IRQ_GUESTS	0x1444ull	/* VSSI VSTI VSEI SGEI */

/* satp, 4.1.11; the ASID stays 0 */
#define SATP_MODE_SHIFT	60
#define SATP_SV39	8		/* Sv48 and Sv57 follow, with one level more each */
#define SV39_LEVELS	3
#define SV57_LEVELS	5
#define SATP_PPN	((1ull << 44) - 1)

/* Entries of page tables, 4.4.1. R or X: a leaf. */
#define PTE_V		(1ull << 0)
#define PTE_R		(1ull << 1)
#define PTE_W		(1ull << 2)
#define PTE_X		(1ull << 3)
#define PTE_A		(1ull << 6)	/* some CPUs fault where these two are clear */
#define PTE_D		(1ull << 7)
#define PTE_ASKED_IO	(1ull << 8)	/* RSW: ours */
#define PTE_ASKED_WC	(1ull << 9)
#define PTE_SHIFT	2		/* addresses, from bit 12 on, begin at bit 10 */
#define PTE_COUNT	512		/* of a table */
#define PTE_ADDRESS	(((1ull << 44) - 1) << PAGE_SHIFT)
#define PTE_NC		(1ull << 61)	/* Svpbmt: memory, not cached */
#define PTE_IO		(2ull << 61)
/* XTheadMaee instead: strong order, cacheable, bufferable, shareable (C906's user manual). */
#define PTE_TH_SO	(1ull << 63)
#define PTE_TH_C	(1ull << 62)
#define PTE_TH_B	(1ull << 61)
#define PTE_TH_SH	(1ull << 60)
#define PTE_TH_RAM	(PTE_TH_C | PTE_TH_B | PTE_TH_SH)

/* th.sxstatus: whether M-mode has turned that on */
#define TH_SXSTATUS	0x5c0
#define TH_SXSTATUS_MAEE (1 << 21)

#ifndef __ASSEMBLER__
#include "lib/base.h"

/* A register without a name is its number: macros in `name` are expanded. */
#define csr_read(name)		csr_read_(name)
#define csr_write(name, value)	csr_write_(name, value)
#define csr_swap(name, value)	csr_swap_(name, value)
#define csr_read_(name) ({                                              \
	uint64_t v_;                                                    \
	__asm__ volatile("csrr %0, " #name : "=r"(v_) :: "memory");     \
	v_;                                                             \
})
#define csr_swap_(name, value) ({                                       \
	uint64_t v_;                                                    \
	__asm__ volatile("csrrw %0, " #name ", %z1" : "=r"(v_) : "rJ"((uint64_t)(value)) \
			 : "memory");                                   \
	v_;                                                             \
})
#define csr_write_(name, value) \
	__asm__ volatile("csrw " #name ", %0" :: "rK"((uint64_t)(value)) : "memory")
#define csr_set(name, bits) \
	__asm__ volatile("csrs " #name ", %0" :: "rK"((uint64_t)(bits)) : "memory")
#define csr_clear(name, bits)	csr_clear_(name, bits)
#define csr_clear_(name, bits) \
	__asm__ volatile("csrc " #name ", %0" :: "rK"((uint64_t)(bits)) : "memory")

/* Page tables say what is cached, not the platform: Svpbmt; image/collect.c sets it. */
extern bool svpbmt;
/* XTheadMaee; levels_find() sets it. */
extern bool thead_types;

/* Levels of the tables that satp names; 0: no translation. */
static inline uint32_t satp_levels(uint64_t satp)
{
	const uint32_t mode = (uint32_t)(satp >> SATP_MODE_SHIFT);

	return mode ? mode - SATP_SV39 + SV39_LEVELS : 0;
}

static inline uint64_t satp_of(uint64_t root, uint32_t levels)
{
	const uint64_t mode = levels - SV39_LEVELS + SATP_SV39;

	return mode << SATP_MODE_SHIFT | root >> PAGE_SHIFT;
}

/* Whether satp accepts this value: it is in effect for two instructions, then the old one again. */
static inline bool satp_takes(uint64_t satp)
{
	const uint64_t before = csr_read(satp);
	uint64_t seen;

	__asm__ volatile("sfence.vma\n\tcsrw satp, %1\n\tsfence.vma\n\tcsrr %0, satp\n\t"
			 "csrw satp, %2\n\tsfence.vma"
			 : "=&r"(seen) : "r"(satp), "r"(before) : "memory");
	return seen == satp;
}
#endif
#endif
