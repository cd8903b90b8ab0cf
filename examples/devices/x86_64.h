/* SPDX-License-Identifier: MIT */
/* x86_64.h - what x86_64.c and x86_64.S share. */
#define CODE		0x08		/* the stub's GDT */
#define DATA		0x10
#define CR0_PE		0x1
#define CR0_NW_CD	0x60000000
#define CR0_PG		0x80000000
#define MSR_PAT		0x277
#define MSR_EFER	0xc0000080
#define EFER_LME	(1 << 8)
#define EFER_NXE	(1 << 11)

/* second_state */
#define STATE_CR0	0x00
#define STATE_CR3	0x08
#define STATE_CR4	0x10
#define STATE_STACK	0x18
#define STATE_PAT	0x20
#define STATE_GDTR	0x2e
#define STATE_IDTR	0x3e
