/* SPDX-License-Identifier: MIT */
/*
 * shim_x86.S - a minimal loader, for entries that QEMU's own loaders do not use.
 *
 * QEMU starts it as a PVH kernel and has loaded everything else. The test defines the addresses
 * PARAMS and ENTRY; for a 64-bit entry the values of CR3 and CR4; for a 32-bit entry with paging
 * on, the address TABLES and PAGING, the value of CR4; and PENDING, the vector of an interrupt that
 * is left pending.
 */
	.section .note.shim, "a", @note
	.long	4, 8, 18
	.asciz	"Xen"
	.quad	_start

	.text
	.code32
	.global _start
_start:
	mov	$PARAMS & 0xffffffff, %esi
	xor	%ebx, %ebx
	xor	%edi, %edi
	xor	%ebp, %ebp
	mov	$0xdead0000, %esp
#ifdef PENDING
	movl	$0x1ff, 0xfee000f0		/* SVR: the local APIC is on */
	movl	$0x44000 + PENDING, 0xfee00300	/* ICR: to this CPU */
#endif
	std					/* no protocol says that it is clear */
#ifdef PAGING
	mov	$PAGING, %eax			/* for CR4: 32 bits with PSE, or PAE */
	mov	%eax, %cr4
	mov	$TABLES, %eax
	mov	%eax, %cr3
	mov	%cr0, %eax
	or	$0x80000000, %eax
	mov	%eax, %cr0
#endif
#ifdef CR3
	mov	$CR4, %eax
	mov	%eax, %cr4
	mov	$CR3, %eax
	mov	%eax, %cr3
	mov	$0xc0000080, %ecx
	rdmsr
	or	$0x100, %eax
	wrmsr
	mov	%cr0, %eax
	or	$0x80000000, %eax
	mov	%eax, %cr0
	lgdt	gdtr
	ljmp	$8, $1f
	.code64
1:	movabs	$PARAMS, %rsi
	movabs	$ENTRY, %rax
	jmp	*%rax
	.balign	8
gdt:	.quad	0, 0x00209a0000000000
gdtr:	.word	15
	.long	gdt
#else
	mov	$ENTRY, %eax
	jmp	*%eax
#endif
