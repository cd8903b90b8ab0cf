/* SPDX-License-Identifier: MIT */
/*
 * entry.S - entry points: of the PE file, and of the kernel.
 */
#include "include/stubborn/boot_info.h"

/*
 * efi_entry - UEFI 2.10, 2.3.4
 * In: RCX image handle, RDX system table (Microsoft's convention). Out: RAX EFI_STATUS.
 * Clobbers: what that convention allows. It preserves RSI and RDI, so they are saved here.
 * Runs: long mode, firmware's tables, stack and interrupts; relocations not applied yet.
 */
	.section .text.entry, "ax"
	.global efi_entry
	.type efi_entry, @function
efi_entry:
	mov	%rdx, %r8
	rdtsc				/* t0, before anything else */
	shl	$32, %rdx
	or	%rdx, %rax
	push	%rdi
	push	%rsi
	sub	$8, %rsp		/* 16-byte aligned at the call */
	mov	$BOOT_ENTRY_UEFI, %edi
	mov	%rcx, %rsi
	mov	%r8, %rdx
	mov	%rax, %rcx
	call	stub_main
	add	$8, %rsp
	pop	%rsi
	pop	%rdi
	ret
	.size efi_entry, . - efi_entry

/*
 * kernel_entry
 * In: RDI struct boot_info, as this regime sees it. Out: never.
 * Runs: long mode, CPL 0, IF clear, the plan's regime, RSP at the top of the boot stack.
 */
	.global kernel_entry
	.type kernel_entry, @function
kernel_entry:
	xor	%ebp, %ebp		/* backtraces end here */
	call	kernel_enter		/* pushes an address, as the ABI's alignment requires */
	.size kernel_entry, . - kernel_entry
