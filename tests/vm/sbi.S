/* SPDX-License-Identifier: MIT */
/*
 * sbi.S - M-mode firmware for riscv64's `virt`, with as few SBI extensions as a test wants. Up to 8
 * harts.
 *
 * Defined by the test:
 * DTB, IMAGE	addresses
 * HAS		a HAS_ bit for each extension
 * ALL, BOOT	1: every hart enters the image at once; 0: only hart BOOT does
 * TOLD		added to the hart number that is passed in a0
 * LEFT		not 0: all sources of the APLIC are left enabled and pending for hart BOOT;
 *		1: delivered directly, 2: by its IMSIC, with mmsiaddrcfgh = MSI
 * GUEST	1: interrupts of a guest are left enabled and pending, and not delegated to it
 * SOCKET	a socket has 1 << SOCKET harts
 * ASTRAY	1: a hart that is started for the first time enters the image instead
 * SLOW		ticks of `time` that pass before a started hart enters
 */
#include "tests/vm/machine_mode.h"

#define HAS_TIME	(1 << 0)
#define HAS_IPI		(1 << 1)
#define HAS_HSM		(1 << 2)
#define HAS_SRST	(1 << 3)
#define HAS_SHUTDOWN	(1 << 4)	/* SBI 0.1's call */
#define HAS_STUCK	(1 << 5)	/* RFENCE, but no call returns */

#define CLINT		0x2000000
#define MTIMECMP	0x4000
#define APLIC_M		0xc000000
#define APLIC_S		0xd000000
#define SOURCES		96
#define STARTED		0
#define STOPPED		1
#define PENDING		2		/* START_PENDING */

/* a = address of hart h's register in its socket's CLINT, of 1 << size bytes. Clobbers t. */
	.macro	clint	a, h, size, t
	srli	\t, \h, SOCKET
	slli	\t, \t, 16
	andi	\a, \h, (1 << SOCKET) - 1
	slli	\a, \a, \size
	add	\a, \a, \t
	li	\t, CLINT
	add	\a, \a, \t
	.endm

	.global	_start
_start:
	csrr	s0, mhartid
	lla	s1, hart
	slli	t0, s0, 7
	add	s1, s1, t0	# this hart's record: state, entry, opaque, was astray, registers
	csrw	mscratch, s1
	lla	t0, trap
	csrw	mtvec, t0
	supervisor_may
	li	t0, 0x222
	csrw	mideleg, t0
	li	t0, 1 << 3			# MSIE
	csrw	mie, t0
#if GUEST
	li	t0, 0x444
	csrw	0x604, t0			# hie
	csrw	0x645, t0			# hvip
#endif
	li	t1, IMAGE
	li	a1, DTB
	mv	a0, s0
#if TOLD
	addi	a0, a0, TOLD
#endif
#if !ALL
	li	t0, BOOT
	bne	s0, t0, wait
#endif
#if LEFT
	j	leave
#endif
	j	enter

#if LEFT
leave:	li	t0, APLIC_M
	li	t2, APLIC_S
	li	s2, 4 * (SOURCES - 1)
1:	add	t3, t0, s2
	li	t4, 1 << 10
	sw	t4, (t3)			# sourcecfg: delegated
	add	t3, t2, s2
	li	t4, 4
	sw	t4, (t3)			# EDGE1
	li	t4, 0x3000
	add	t3, t3, t4
	srli	t4, s2, 2
	li	t5, BOOT << 18
	or	t4, t4, t5
	sw	t4, (t3)			# target
	addi	s2, s2, -4
	bnez	s2, 1b
	li	t4, -1
	li	t3, APLIC_S + 0x1c00
	li	s2, SOURCES / 32
2:	sw	t4, (t3)			# setip
	sw	t4, 0x200(t3)			# setie
	addi	t3, t3, 4
	addi	s2, s2, -1
	bnez	s2, 2b
	li	t3, APLIC_S + 0x4000 + 0x20 * BOOT
	li	t4, 1
	sw	t4, (t3)			# idelivery
	sw	t4, 4(t3)			# iforce
#if LEFT == 2
	li	t3, APLIC_M + 0x1bc0
	li	t4, MSI
	sw	t4, 4(t3)			# mmsiaddrcfgh: LHXW and others
	sw	t4, 12(t3)			# smsiaddrcfgh: where QEMU 7.2 reads them
	li	t4, 0x28000
	sw	t4, 8(t3)			# smsiaddrcfg: the page of the first file
	li	t3, 0x70
	csrw	0x150, t3			# siselect: eidelivery
	csrwi	0x151, 1
	li	t3, 0xc0			# eie0, eie2
	li	t4, -1
	csrw	0x150, t3
	csrw	0x151, t4
	addi	t3, t3, 2
	csrw	0x150, t3
	csrw	0x151, t4
#endif
	li	t4, 1 << 8
	sw	t4, (t2)			# domaincfg: IE
	j	enter
#endif

/* In: t1 address to enter in S-mode, a0 and a1 its arguments. */
enter:	csrw	mepc, t1
	sw	zero, (s1)			# STARTED
	csrw	satp, zero
	csrw	sie, zero
	li	t0, (3 << 11) | (1 << 1) | (1 << 7)
	csrc	mstatus, t0
	li	t0, 1 << 11			# to S-mode
	csrs	mstatus, t0
	csrw	sscratch, zero
	mret

wait:	li	t0, STOPPED
	sw	t0, (s1)
1:	ld	t1, 8(s1)
	beqz	t1, 1b
	sd	zero, 8(s1)
	fence
	fence.i
	mv	a0, s0
	ld	a1, 16(s1)
#if SLOW
	csrr	t0, time
	li	t2, SLOW
	add	t0, t0, t2
2:	csrr	t2, time
	bltu	t2, t0, 2b
#endif
#if ASTRAY
	ld	t0, 24(s1)
	bnez	t0, enter
	li	t0, 1
	sd	t0, 24(s1)
	li	t1, IMAGE
	li	a1, DTB
#endif
	j	enter

	.balign	4
trap:	csrrw	s1, mscratch, s1
	sd	t0, 0x20(s1)
	sd	t1, 0x28(s1)
	sd	t2, 0x30(s1)
	sd	s0, 0x38(s1)
	csrr	t0, mscratch
	sd	t0, 0x40(s1)
	csrw	mscratch, s1
	csrr	s0, mhartid
	csrr	t0, mcause
	bltz	t0, interrupt
	li	t1, 9
	bne	t0, t1, .			# only calls from S-mode are expected
	csrr	t0, mepc
	addi	t0, t0, 4
	csrw	mepc, t0
	li	t0, 1
	beq	a7, t0, putchar
	li	t0, 0x10
	beq	a7, t0, base
	li	t0, 0x54494d45
	li	t1, HAS & HAS_TIME
	beq	a7, t0, time
	li	t0, 0x735049
	li	t1, HAS & HAS_IPI
	beq	a7, t0, ipi
	li	t0, 0x48534d
	li	t1, HAS & HAS_HSM
	beq	a7, t0, hsm
	li	t0, 0x53525354
	li	t1, HAS & HAS_SRST
	beq	a7, t0, srst
	li	t0, 0x52464e43
	li	t1, HAS & HAS_STUCK
	beq	a7, t0, rfence
	li	t0, 8
	li	t1, HAS & HAS_SHUTDOWN
	beq	a7, t0, srst
lacks:	li	a0, -2				# SBI_ERR_NOT_SUPPORTED
back:	csrw	mscratch, s1
	ld	t0, 0x40(s1)
	ld	t1, 0x28(s1)
	ld	t2, 0x30(s1)
	ld	s0, 0x38(s1)
	sd	t0, 0x48(s1)
	ld	t0, 0x20(s1)
	ld	s1, 0x48(s1)
	mret

interrupt:
	andi	t0, t0, 0xff
	li	t1, 3
	bne	t0, t1, 1f
	clint	t0, s0, 2, t1
	sw	zero, (t0)
	csrsi	mip, 1 << 1			# SSIP
	j	back
1:	li	t0, 1 << 7			# MTIE
	csrc	mie, t0
	li	t0, 1 << 5			# STIP
	csrs	mip, t0
	j	back

base:	li	t0, 3
	beq	a6, t0, probe
	li	a0, 0
	li	a1, 0
	bnez	a6, back
	li	a1, 1 << 24			# version 1.0
	j	back

	.macro	probed extension, bit
	li	t0, \extension
	li	a1, HAS & \bit
	beq	t2, t0, back
	.endm
probe:	mv	t2, a0
	li	a0, 0
	probed	0x54494d45, HAS_TIME
	probed	0x735049, HAS_IPI
	probed	0x48534d, HAS_HSM
	probed	0x53525354, HAS_SRST
	li	a1, 0
	j	back

putchar:
	li	t0, UART
1:	lbu	t1, 5(t0)
	andi	t1, t1, 0x20
	beqz	t1, 1b
	sb	a0, (t0)
	li	a0, 0
	j	back

time:	beqz	t1, lacks
	clint	t0, s0, 3, t1
	li	t1, MTIMECMP
	add	t0, t0, t1
	sd	a0, (t0)
	li	t0, 1 << 5
	csrc	mip, t0
	li	t0, 1 << 7
	csrs	mie, t0
	li	a0, 0
	j	back

ipi:	beqz	t1, lacks
	li	t0, -1
	bne	a1, t0, 1f
	li	a0, 0xff			# all
	li	a1, 0
1:	sll	t2, a0, a1			# numbers below 8 only
	li	a1, 0
2:	beqz	t2, 4f
	andi	t1, t2, 1
	beqz	t1, 3f
	clint	t0, a1, 2, a0
	sw	t1, (t0)
3:	srli	t2, t2, 1
	addi	a1, a1, 1
	j	2b
4:	li	a0, 0
	li	a1, 0
	j	back

rfence:	bnez	t1, .				# as OpenSBI waits for a hart that never answers
	j	lacks

hsm:	beqz	t1, lacks
	li	t0, 1
	beq	a6, t0, wait			# hart_stop
	li	t0, 8
	bgeu	a0, t0, 2f
	slli	t0, a0, 7
	lla	t1, hart
	add	t0, t0, t1
	li	a0, 0
	bnez	a6, 1f				# hart_status
	li	a0, -6				# SBI_ERR_ALREADY_AVAILABLE
	lw	t1, (t0)
	beqz	t1, back
	li	a0, -3
	addi	t1, t1, -STOPPED
	bnez	t1, back
	li	a0, 0
	sd	a2, 0x10(t0)
	li	t1, PENDING
	sw	t1, (t0)
	fence
	sd	a1, 0x08(t0)
1:	lw	a1, (t0)
	j	back
2:	li	a0, -3				# SBI_ERR_INVALID_PARAM: no such hart
	j	back

srst:	beqz	t1, lacks
	li	t0, TEST
	li	t1, 0x5555
	beqz	a1, 1f
	li	t1, 0x7777
1:	sw	t1, (t0)
	j	.

	.balign	128
hart:	.fill	8 * 128, 1, 0
