/* SPDX-License-Identifier: MIT */
/* machine_mode.h - for firmware of our own, in assembly, on riscv64's `virt`. */
#ifndef VM_MACHINE_MODE_H
#define VM_MACHINE_MODE_H

#define UART		0x10000000
#define TEST		0x100000	/* QEMU's device that ends or restarts the machine */

/* S-mode may use all of memory and the counters, and takes its own exceptions. Clobbers t0. */
	.macro	supervisor_may
	li	t0, -1
	csrw	pmpaddr0, t0
	li	t0, 0x1f			# all of memory: NAPOT, RWX
	csrw	pmpcfg0, t0
	li	t0, 0xb1ff			# not calls from S-mode
	csrw	medeleg, t0
	li	t0, 7
	csrw	mcounteren, t0
	.endm
#endif
