/* SPDX-License-Identifier: MIT */
/* riscv64.S - the trap vector. */

/*
 * vectors - for stvec, direct mode. Calls trap_taken(scause) and returns to the instruction after
 * the one that caused the exception.
 */
	.text
	.balign	4
	.globl vectors
vectors:
	addi	sp, sp, -0x80
	sd	ra, 0x00(sp)
	sd	t0, 0x08(sp)
	sd	t1, 0x10(sp)
	sd	t2, 0x18(sp)
	sd	a0, 0x20(sp)
	sd	a1, 0x28(sp)
	sd	a2, 0x30(sp)
	sd	a3, 0x38(sp)
	sd	a4, 0x40(sp)
	sd	a5, 0x48(sp)
	sd	a6, 0x50(sp)
	sd	a7, 0x58(sp)
	sd	t3, 0x60(sp)
	sd	t4, 0x68(sp)
	sd	t5, 0x70(sp)
	sd	t6, 0x78(sp)
	csrr	a0, scause
	call	trap_taken
	csrr	t0, sepc
	addi	t0, t0, 4			/* past the instruction, which has 4 bytes */
	csrw	sepc, t0
	ld	ra, 0x00(sp)
	ld	t0, 0x08(sp)
	ld	t1, 0x10(sp)
	ld	t2, 0x18(sp)
	ld	a0, 0x20(sp)
	ld	a1, 0x28(sp)
	ld	a2, 0x30(sp)
	ld	a3, 0x38(sp)
	ld	a4, 0x40(sp)
	ld	a5, 0x48(sp)
	ld	a6, 0x50(sp)
	ld	a7, 0x58(sp)
	ld	t3, 0x60(sp)
	ld	t4, 0x68(sp)
	ld	t5, 0x70(sp)
	ld	t6, 0x78(sp)
	addi	sp, sp, 0x80
	sret
