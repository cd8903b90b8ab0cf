/* SPDX-License-Identifier: MIT */
/*
 * mode.S - from 32 bits to 64, for all 32-bit entries. Position independent.
 *
 * SDM 3A 10.8.5, "Initializing IA-32e Mode". These tables are an exception to the rule that tables
 * are built in C: they map only what is used until entry_map().
 */
#include "raw.h"
#include "arch/x86_64/boot/regs.h"

#define PTE_P		0x01
#define PTE_W		0x02
#define PTE_PS		0x80
#define PDE_HIGH	0x1fe000	/* for a 4 MiB page: bits 39 to 32 of its address */
#define TABLE		0x1000

	.section .text.mode, "ax"
	.code32

/*
 * mode_check - In: nothing. Out: EAX 0, or the address of a message if this CPU cannot be used.
 * Clobbers: EBX, ECX, EDX, flags. Runs: protected mode, any stack.
 */
	.global mode_check
	.type mode_check, @function
mode_check:
	push	%ebp
	call	1f
1:	pop	%ebp
	pushf				/* SDM 1 20.1.2: test for CPUID */
	pop	%eax
	mov	%eax, %ecx
	xor	$EFLAGS_ID, %eax
	push	%eax
	popf
	pushf
	pop	%eax
	cmp	%eax, %ecx
	je	2f
	mov	$CPUID_EXT_MAX, %eax
	cpuid				/* clobbers EAX, EBX, ECX, EDX */
	cmp	$CPUID_EXT, %eax
	jb	2f
	mov	$CPUID_EXT, %eax
	cpuid
	test	$CPUID_EXT_LM, %edx
	jz	2f
	lea	no_nx - 1b(%ebp), %eax
	test	$CPUID_EXT_NX, %edx
	jz	3f
	mov	$CPUID_FEATURES, %eax	/* the compiler and barriers use these */
	cpuid
	lea	no_sse2 - 1b(%ebp), %eax
	not	%edx
	test	$CPUID_CMOV + CPUID_SSE + CPUID_SSE2, %edx
	jnz	3f
	xor	%eax, %eax
	jmp	3f
2:	lea	no_long_mode - 1b(%ebp), %eax
3:	pop	%ebp
	ret
	.size mode_check, . - mode_check

/*
 * mode_identity - is the page at EDX mapped at its own physical address? SDM 3A 4.3, 4.4, 4.5
 * In: EDX address. Out: EAX 0 if so. Clobbers: EBX, ECX, EDI, flags. Runs: paging on, with the
 * tables themselves mapped at identity; a CPU with EFER.
 */
	.global mode_identity
	.type mode_identity, @function
mode_identity:
	mov	%cr3, %ebx
	and	$~(TABLE - 1), %ebx
	mov	%cr4, %eax
	test	$CR4_PAE, %eax
	jz	4f
	mov	%edx, %edi
	mov	$MSR_EFER, %ecx
	rdmsr				/* clobbers EDX */
	mov	%edi, %edx
	test	$EFER_LMA, %eax
	mov	$39, %cl		/* four levels: the first entry covers all below 4 GiB */
	jz	1f
	mov	%ebx, %edi
	jmp	2f
1:	mov	%cr3, %ebx
	and	$~0x1f, %ebx
	mov	$30, %cl
5:	mov	%edx, %edi
	shr	%cl, %edi
	and	$TABLE / 8 - 1, %edi
	lea	(%ebx, %edi, 8), %edi
2:	mov	(%edi), %eax
	mov	4(%edi), %edi
	and	$0xfffff, %edi		/* bits 51 to 32 of the address */
	jnz	8f
	test	$PTE_P, %al
	jz	8f
	cmp	$12, %cl
	je	7f
	test	$PTE_PS, %al
	jnz	7f
	mov	%eax, %ebx
	and	$~(TABLE - 1), %ebx
	sub	$9, %cl
	jmp	5b

4:	mov	$22, %cl		/* 32-bit paging: two levels of 1024 entries */
6:	mov	%edx, %edi
	shr	%cl, %edi
	and	$TABLE / 4 - 1, %edi
	mov	(%ebx, %edi, 4), %eax
	test	$PTE_P, %al
	jz	8f
	cmp	$12, %cl
	je	7f
	mov	%eax, %ebx
	and	$~(TABLE - 1), %ebx
	test	$PTE_PS, %al
	jz	9f
	test	$PDE_HIGH, %eax
	jz	7f
	jmp	8f
9:	mov	$12, %cl
	jmp	6b
7:	xor	%edx, %eax
	shr	%cl, %eax
	ret
8:	mov	$1, %eax
	ret
	.size mode_identity, . - mode_identity

/*
 * mode_tables - prepare empty tables: the PML4, one PDPT, and the page directories of four GiB.
 * In: EBX MODE_TABLES pages. Out: nothing. Clobbers: EAX, ECX, EDI, flags.
 * Runs: protected mode, flat segments, DF clear.
 */
	.global mode_tables
	.type mode_tables, @function
mode_tables:
	mov	%ebx, %edi
	xor	%eax, %eax
	mov	$MODE_TABLES * TABLE / 4, %ecx
	rep stosl
	lea	TABLE + PTE_P + PTE_W(%ebx), %eax
	mov	%eax, (%ebx)
	add	$TABLE, %eax
	mov	%eax, TABLE(%ebx)
	add	$TABLE, %eax
	mov	%eax, TABLE + 8(%ebx)
	add	$TABLE, %eax
	mov	%eax, TABLE + 16(%ebx)
	add	$TABLE, %eax
	mov	%eax, TABLE + 24(%ebx)
	ret
	.size mode_tables, . - mode_tables

/*
 * mode_map - map [EAX, ECX) at identity, in whole 2 MiB pages.
 * In: EAX first address, ECX end, EBX as above. Out: nothing. Clobbers: EAX, EDX, flags.
 * Runs: protected mode, flat segments.
 */
	.global mode_map
	.type mode_map, @function
mode_map:
	shr	$21, %eax
1:	mov	%eax, %edx
	shl	$21, %edx
	or	$PTE_P + PTE_W + PTE_PS, %edx
	mov	%edx, 2 * TABLE(%ebx, %eax, 8)	/* the page directories are adjacent */
	inc	%eax
	mov	%eax, %edx
	shl	$21, %edx
	jz	2f				/* 4 GiB reached */
	cmp	%ecx, %edx
	jb	1b
2:	ret
	.size mode_map, . - mode_map

/*
 * mode_long - In: EBX root table. Out: returns in 64-bit mode; upper halves undefined (SDM 1
 * 3.4.1.1). Clobbers: EAX, ECX, EDX, flags. Runs: protected mode, flat segments, paging off,
 * interrupts off.
 */
	.global mode_long
	.type mode_long, @function
mode_long:
	call	1f
1:	pop	%eax
	lea	desc_tables - 1b(%eax), %eax	/* a 64-bit code segment: L=1, D=0 */
	push	%eax
	pushw	$DESC_GDT_LIMIT
	lgdt	(%esp)
	add	$6, %esp
	mov	$CR4_PAE, %eax			/* 10.8.5 step 2; LA57, PCIDE and PGE clear */
	mov	%eax, %cr4
	mov	%ebx, %cr3			/* step 3 */
	mov	$MSR_EFER, %ecx			/* step 4 */
	rdmsr
	or	$EFER_LME + EFER_NXE, %eax
	wrmsr
	mov	%cr0, %eax			/* step 5: now in compatibility mode */
	or	$CR0_PG, %eax
	mov	%eax, %cr0
	pop	%eax				/* to 64-bit mode by a far return: a far jump */
	push	$SEL_CODE			/* would need an absolute address */
	push	%eax
	lret
	.size mode_long, . - mode_long

no_long_mode:
	.asciz	"stubborn: error: this CPU has no long mode\r\n"
no_nx:
	.asciz	"stubborn: error: the CPU has no NX, or firmware turned it off\r\n"
no_sse2:
	.asciz	"stubborn: error: the CPU has no CMOV, SSE or SSE2\r\n"
