/* SPDX-License-Identifier: MIT */
/*
 * entry32.S - from 32 bits to 64: Linux's 32-bit protocol and PVH. Also Linux's 64-bit entry.
 *
 * .text.head is where the protected-mode part of a Linux kernel begins (image.lds.S puts it there).
 * Position independent: EBP holds the address of a label, and other addresses are relative to it.
 * mode.S switches modes.
 */
#include "include/stubborn/boot_info.h"
#include "lib/image.h"
#include "raw.h"
#include "arch/x86_64/boot/regs.h"

#define TABLE		0x1000
#define STACK		(image_end + RAW_SCRATCH)
#define VGA_TEXT	0xb8000
#define VGA_RED		0x4f		/* white on red */
#define COM1		0x3f8
#define COM1_LCR	(COM1 + 3)
#define LCR_8N1		0x03
#define COM1_LSR	(COM1 + 5)
#define LSR_THRE	0x20
#define UART_POLLS	0x100000
#define CODE_HIGH	(desc_tables + SEL_CODE + 4)	/* 0 only if the file was cut off */
#define XEN_PHYS32_ENTRY 18		/* Xen's public/elfnote.h */

	.section .text.head, "ax"
	.code32
	.global linux32_entry
	.type linux32_entry, @function

/*
 * linux32_entry - Linux's boot.rst, "32-bit boot protocol"
 * In: ESI boot_params; EBP SETUP16_MAGIC if setup16.S jumps here. Out: never.
 * Runs: protected mode, flat segments, no stack; paging off, or on with us at identity.
 *
 * Register  live from   to         holds
 * ESI       entry       entry_raw  boot_params or hvm_start_info
 * EDI       entry       entry_raw  BOOT_ENTRY_*
 * EBP       here        mode_map   address of `here`
 * the stack rdtsc       entry_raw  t0
 */
linux32_entry:
	cli
	cld
	mov	$BOOT_ENTRY_LINUX32, %edi
	cmp	$SETUP16_MAGIC, %ebp
	jne	1f
	mov	$BOOT_ENTRY_LINUX16, %edi
1:	lea	PARAMS_SCRATCH + 4(%esi), %esp	/* a one-word stack, for the return address */
	call	here
here:	pop	%ebp
entry32:
	lea	STACK - here(%ebp), %esp	/* memory reserved by init_size, p_memsz */
	lea	little_ram - here(%ebp), %eax
	push	%ebp				/* some loaders do not check that it exists */
	cmp	%ebp, (%esp)
	pop	%edx
	jne	3f
	lea	cut_off - here(%ebp), %eax
	cmpl	$0, CODE_HIGH - here(%ebp)
	je	3f
	call	mode_check
	test	%eax, %eax
	jnz	3f
	mov	%cr0, %eax
	test	$CR0_PG, %eax
	jz	2f
	push	%edi
	mov	%ebp, %edx
	call	mode_identity
	pop	%edi
	test	%eax, %eax
	lea	paging_on - here(%ebp), %eax
	jnz	3f
	mov	%cr4, %eax			/* with PCIDE set PG cannot be cleared (4.10.1) */
	and	$~CR4_PCIDE, %eax
	mov	%eax, %cr4
	mov	%cr0, %eax			/* this page is mapped at identity: checked */
	and	$~CR0_PG, %eax
	mov	%eax, %cr0
	jmp	2f
3:	cmp	$BOOT_ENTRY_LINUX16, %edi
	jne	4f
	cmpb	$SCREEN_VESA, SCREEN_TYPE(%esi)
	jne	4f
	ljmp	*PARAMS_BACK(%esi)		/* text mode, and here again */
4:	mov	%eax, %esi
	jmp	entry_fail

2:	rdtsc				/* t0; a CPU that fails mode_check may lack it */
	push	%edx
	push	%eax
	push	%edi
	lea	image_end + SCRATCH_MAP32 - here(%ebp), %ebx
	call	mode_tables
	lea	image_doors - here(%ebp), %eax
	lea	image_end + RAW_SCRATCH - here(%ebp), %ecx
	call	mode_map
	pop	%edi
	call	mode_long
	.code64
	mov	STACK - 8(%rip), %rcx		/* t0 */
	mov	%esi, %esi			/* upper halves are undefined, RSP's too */
	mov	%edi, %edi
	jmp	entry_raw
	.code32

	/* In: ESI text. Out: never. Prints on the VGA text screen and COM1 without initialising
	 * them, but sets 8N1: after reset a port sends only five bits of each character. */
entry_fail:
	mov	$VGA_TEXT, %edi
entry_print:				/* these bytes mean the same in 64-bit mode */
	mov	$COM1_LCR, %edx
	mov	$LCR_8N1, %al
	out	%al, %dx
	mov	$VGA_RED << 8, %ebx
	mov	$UART_POLLS, %ebp
4:	lodsb
	mov	%al, %bl
	test	%al, %al
	jz	7f
	mov	%bx, %ax
	stosw
	mov	%ebp, %ecx
	mov	$COM1_LSR, %edx
6:	in	%dx, %al
	test	$LSR_THRE, %al
	loopz	6b				/* an absent port reads as ready */
	jnz	8f
	mov	$1, %ebp			/* stays busy: wait for it only once */
8:
	mov	$COM1, %edx
	mov	%bl, %al
	out	%al, %dx
	jmp	4b
7:	hlt
	jmp	7b

	.size linux32_entry, . - linux32_entry

/*
 * linux64_entry - boot.rst, "64-bit boot protocol"
 * In: RSI boot_params. Out: never.
 * Runs: long mode, the loader's tables, which map the image, its init_size and boot_params.
 */
	.code64
	.org	0x200
	.global linux64_entry
	.type linux64_entry, @function
linux64_entry:
	cli
	cld
	rdtsc
	shl	$32, %rdx
	lea	(%rax, %rdx), %rcx		/* t0 */
	mov	$BOOT_ENTRY_LINUX64, %edi
	/* fall through */

/*
 * entry_raw - In: RDI BOOT_ENTRY_*, RSI what the loader passed, RCX t0. Out: never.
 * Runs: long mode, CPL 0, at least the image mapped at identity, any stack.
 */
entry_raw:
	lea	STACK(%rip), %rsp
	lea	little_ram(%rip), %rax
	push	%rcx				/* some loaders do not check that it exists */
	cmp	%rcx, (%rsp)
	pop	%rdx
	jne	2f
	cmpl	$0, CODE_HIGH(%rip)
	lea	cut_off(%rip), %rax
	je	2f
	xor	%ebp, %ebp			/* backtraces end here */
	mov	%rdi, %rbx
	mov	%rsi, %r12
	mov	%rcx, %r13
	lea	image_end + SCRATCH_MAP(%rip), %rdi
	call	entry_map
	lea	few_pages(%rip), %rdi
	mov	%r12, %rsi
	test	%al, %al
	jz	raw_fail
	mov	%rbx, %rdi
	xor	%edx, %edx
	mov	%r13, %rcx
	call	stub_main			/* the pushed address gives the ABI's alignment */
2:	mov	%rax, %rsi
	lea	image_end(%rip), %rdi		/* not VGA's memory, which may not be mapped */
	jmp	entry_print
	.size linux64_entry, . - linux64_entry

/*
 * pvh_entry - Xen's docs/misc/pvh.pandoc, "Start info"
 * In: EBX hvm_start_info. Out: never.
 * Runs: protected mode, flat segments, paging off, no stack, and no memory to use as one; but at
 * the ELF file's physical addresses.
 */
	.code32
	.type pvh_entry, @function
pvh_entry:
	cli
	cld
	mov	%ebx, %esi
	mov	$BOOT_ENTRY_PVH, %edi
	mov	$LOAD_ADDRESS + TABLE + here - linux32_entry, %ebp
	jmp	entry32
	.size pvh_entry, . - pvh_entry

few_pages:
	.asciz	"page tables: not enough memory after the image"
cut_off:
	.asciz	"stubborn: error: the image is truncated\r\n"
little_ram:
	.asciz	"stubborn: error: too little memory for the image and its .bss\r\n"
paging_on:
	.asciz	"stubborn: error: entered with paging on, but not identity-mapped\r\n"

/* boot.rst, "The kernel_info" */
	.balign	8
	.global kernel_info
kernel_info:
	.ascii	"LToP"
	.long	kernel_info_end - kernel_info
	.long	kernel_info_end - kernel_info
	.long	9				/* SETUP_RNG_SEED: the last type we know */
kernel_info_end:

	.section .note.door, "a", @note
	.balign	4
	.long	4, 8, XEN_PHYS32_ENTRY
	.asciz	"Xen"
	.quad	LOAD_ADDRESS + TABLE + pvh_entry - linux32_entry
