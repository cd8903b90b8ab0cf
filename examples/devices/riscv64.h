/* SPDX-License-Identifier: MIT */
/* riscv64.h - registers that the second hart takes over from the first; offsets in its state. */
#define STATE_SATP	0x00
#define STATE_STVEC	0x08
#define STATE_STACK	0x10
#define STATE_ARRIVED	0x18
