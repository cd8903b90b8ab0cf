/* SPDX-License-Identifier: MIT */
/* aarch64.h - registers that the second CPU copies from the first; offsets in second_state. */
#define STATE_MAIR	0x00
#define STATE_TCR	0x08
#define STATE_TTBR0	0x10
#define STATE_TTBR1	0x18
#define STATE_VBAR	0x20
#define STATE_SCTLR	0x28
#define STATE_STACK	0x30
