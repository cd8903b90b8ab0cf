/* SPDX-License-Identifier: MIT */
/*
 * efi32.S - the entry for 32-bit UEFI on a 64-bit CPU: to long mode, and back for each call.
 *
 * After each call firmware's CR0, CR3, CR4, EFER, GDT, CS and EFLAGS are saved, and before the next
 * they are restored. Interrupts are off in long mode, as firmware's handlers cannot run there; data
 * segments and IDT stay firmware's. The stack is firmware's, below 4 GiB like all its memory.
 * UEFI 2.10, 2.3.2; SDM 3A 10.8.5 and 10.8.5.4.
 */
#include "efi32.h"
#include "include/stubborn/boot_info.h"
#include "arch/x86_64/pc/raw.h"
#include "arch/x86_64/boot/regs.h"

#define TABLE		0x1000
#define PAGES		(MODE_TABLES + SCRATCH_MAP_PAGES + 1)
#define STACK_ROOM	(4 << 20)	/* bytes mapped around the stack */
#define EFI_ALLOCATE_ANY	0
#define EFI_LOADER_DATA		2
#define EFI32_UNSUPPORTED	0x80000003
#define EFI32_ERROR_BIT		0x80000000

#define WIDE_TEXT	256	/* bytes: more than twice the longest message */

#define ALLOCATED	-16	/* from EBP: address of the allocated pages */
#define STARTED		-8	/* t0 */
#define FIRST		20	/* the entry's arguments, above four saved registers */
#define SECOND		24
#define FIFTH		48	/* Microsoft's 64-bit convention, from RBP */
#define SAVED		56	/* seven more registers */

	.section .data.efi32, "aw"
	.balign	8
/* State that efi32_up saves for efi32_down. */
kept:
#define KEPT_CR0	0
#define KEPT_CR3	4
#define KEPT_CR4	8
#define KEPT_EFER	12
#define KEPT_EFLAGS	16
#define KEPT_CS		20
#define KEPT_GDTR	24	/* 32-bit mode stores 6 bytes, 64-bit mode loads 10 */
#define KEPT_ROOT	36	/* saved by efi32_down: the root of our tables */
#define KEPT_BOOT	40	/* EFI_BOOT_SERVICES, EFI_RUNTIME_SERVICES */
#define KEPT_RUNTIME	44
#define KEPT_PAGES	48	/* allocated for our tables; 0: do not free them */
	.fill	13, 4, 0

	.section .text.efi32, "ax"
	.code32

/*
 * efi32_entry - named by the section .compat
 * In: image handle and system table on the stack. Out: EAX EFI_STATUS. Clobbers: ECX, EDX, flags.
 * Runs: protected mode, flat segments; paging off, or on with identity mapping.
 *
 * Register  live from  to       holds
 * EBP       entry      return   the frame: FIRST, SECOND; t0 below the saved registers
 * EBX       allocated  thunk    PAGES pages: mode.S's tables, entry_map()'s, efi_thunk()'s
 */
	.global efi32_entry
	.type efi32_entry, @function
efi32_entry:
	push	%ebp
	push	%ebx
	push	%esi
	push	%edi
	mov	%esp, %ebp
	cld
	call	mode_check
	mov	$EFI32_UNSUPPORTED, %ebx
	test	%eax, %eax
	jnz	efi32_refuse
	rdtsc
	push	%edx
	push	%eax

	push	$0			/* an EFI_PHYSICAL_ADDRESS */
	push	$0
	mov	%esp, %eax
	and	$-16, %esp
	push	%eax
	push	$PAGES
	push	$EFI_LOADER_DATA
	push	$EFI_ALLOCATE_ANY
	mov	SECOND(%ebp), %edx
	mov	EFI32_SYSTEM_BOOT(%edx), %edx
	call	*EFI32_ALLOCATE_PAGES(%edx)
	mov	%eax, %ebx
	call	1f
1:	pop	%eax
	lea	no_pages - 1b(%eax), %eax
	test	%ebx, %ebx
	jnz	efi32_refuse
	mov	ALLOCATED(%ebp), %ebx

	call	mode_tables
	lea	STARTED(%ebp), %esp
	call	1f
1:	pop	%esi			/* ESI holds this label's address from here on */
	lea	image_start - 1b(%esi), %eax
	lea	image_end - 1b(%esi), %ecx
	call	mode_map
	mov	%esp, %eax
	lea	STACK_ROOM - (1 << 20)(%eax), %ecx
	sub	$1 << 20, %eax		/* what is in use, and room to grow */
	jnc	2f
	xor	%eax, %eax
2:	call	mode_map
	mov	%ebx, %eax
	lea	PAGES * TABLE(%ebx), %ecx
	call	mode_map
	lea	kept - 1b(%esi), %esi
	mov	%ebx, KEPT_ROOT(%esi)
	mov	%ebx, KEPT_PAGES(%esi)
	mov	SECOND(%ebp), %edx
	mov	EFI32_SYSTEM_BOOT(%edx), %eax
	mov	%eax, KEPT_BOOT(%esi)
	mov	EFI32_SYSTEM_RUNTIME(%edx), %eax
	mov	%eax, KEPT_RUNTIME(%esi)
	call	efi32_up

	.code64
	mov	%ebp, %ebp		/* upper halves are undefined */
	mov	%ebx, %ebx
	mov	%esp, %esp
	and	$-16, %rsp
	lea	MODE_TABLES * TABLE(%rbx), %rdi
	call	entry_map
	mov	SECOND(%rbp), %edi
	lea	(PAGES - 1) * TABLE(%rbx), %rsi
	call	efi_thunk
	mov	$BOOT_ENTRY_UEFI32, %edi
	mov	FIRST(%rbp), %esi
	mov	%rax, %rdx
	mov	STARTED(%rbp), %rcx
	call	stub_main
	mov	%rax, %rsi
	shr	$32, %rsi
	or	%eax, %esi		/* the error bit moves from 63 to 31 */
	call	efi32_down

	.code32
	call	1f
1:	pop	%eax
	mov	kept + KEPT_PAGES - 1b(%eax), %eax
	test	%eax, %eax
	jz	2f
	and	$-16, %esp
	push	$0
	push	$PAGES
	push	$0
	push	%eax
	mov	SECOND(%ebp), %edx
	mov	EFI32_SYSTEM_BOOT(%edx), %edx
	call	*EFI32_FREE_PAGES(%edx)
2:	mov	%esi, %eax
efi32_return:
	mov	%ebp, %esp
	pop	%edi
	pop	%esi
	pop	%ebx
	pop	%ebp
	ret

no_pages:
	.asciz	"stubborn: error: no memory for page tables\r\n"

	/*
	 * In: EAX text, EBX status. Out: returns EBX to firmware, after printing the text in
	 * 16-bit characters.
	 */
efi32_refuse:
	mov	%eax, %esi
	sub	$WIDE_TEXT, %esp
	and	$-16, %esp
	mov	%esp, %edi
	xor	%eax, %eax
3:	lodsb
	stosw
	test	%al, %al
	jnz	3b
	mov	%esp, %eax
	sub	$8, %esp
	mov	SECOND(%ebp), %edx
	mov	EFI32_SYSTEM_CON_OUT(%edx), %edx
	test	%edx, %edx
	jz	4f
	push	%eax
	push	%edx
	call	*EFI32_SECOND(%edx)
4:	mov	%ebx, %eax
	jmp	efi32_return
	.size efi32_entry, . - efi32_entry

/*
 * efi32_up - from firmware's mode to long mode, with the page tables used before
 * In: nothing. Out: returns in 64-bit mode, interrupts off, upper halves undefined.
 * Clobbers: EAX, EBX, ECX, EDX, flags. Runs: protected mode, flat segments.
 */
efi32_up:
	call	1f
1:	pop	%edx
	lea	kept - 1b(%edx), %edx
	pushf
	pop	KEPT_EFLAGS(%edx)
	cli
	cld
	mov	%cs, KEPT_CS(%edx)
	sgdt	KEPT_GDTR(%edx)
	mov	%cr4, %eax
	mov	%eax, KEPT_CR4(%edx)
	mov	%cr3, %eax
	mov	%eax, KEPT_CR3(%edx)
	mov	%cr0, %eax
	mov	%eax, KEPT_CR0(%edx)
	and	$~CR0_PG, %eax
	mov	%eax, %cr0
	mov	KEPT_ROOT(%edx), %ebx
	push	%edx
	mov	$MSR_EFER, %ecx
	rdmsr
	pop	%edx
	mov	%eax, KEPT_EFER(%edx)
	jmp	mode_long

	.code64
/*
 * efi32_down - back to firmware's mode
 * In: nothing. Out: returns in 32-bit mode, with the state that efi32_up has saved.
 * Clobbers: RAX, RBX, RCX, RDX, flags, upper halves, R8 to R15 (SDM 1 3.4.1.1).
 * Runs: long mode, a stack below 4 GiB.
 */
efi32_down:
	pop	%rdx
	lea	kept(%rip), %rbx
	mov	%cr3, %rax
	mov	%eax, KEPT_ROOT(%rbx)
	lgdt	KEPT_GDTR(%rbx)
	mov	KEPT_CS(%rbx), %eax	/* a 32-bit code segment: compatibility mode */
	push	%rax
	lea	1f(%rip), %rax
	push	%rax
	lretq
	.code32
1:	mov	%cr0, %eax
	and	$~CR0_PG, %eax
	mov	%eax, %cr0		/* leaves long mode */
	push	%edx
	mov	$MSR_EFER, %ecx
	mov	KEPT_EFER(%ebx), %eax
	xor	%edx, %edx
	wrmsr
	mov	KEPT_CR4(%ebx), %eax
	mov	%eax, %cr4
	mov	KEPT_CR3(%ebx), %eax
	mov	%eax, %cr3
	mov	KEPT_CR0(%ebx), %eax
	mov	%eax, %cr0
	push	KEPT_EFLAGS(%ebx)
	popf
	ret				/* to the address pushed from EDX */
	.code64

/*
 * The functions of efi32.h. In: arguments as in Microsoft's convention; call_... takes in EAX the
 * offset in firmware's table or object. Out: RAX EFI_STATUS. Clobbers: as that convention. Runs:
 * long mode, CPL 0, interrupts off, a stack below 4 GiB.
 *
 * Each argument becomes a 32-bit word. Eight are always passed; firmware ignores those that it does
 * not expect.
 */
	.macro	function name, from, offset
	.global	efi32_\name
	.type	efi32_\name, @function
efi32_\name:
	mov	$\offset, %eax
	jmp	call_\from
	.size	efi32_\name, . - efi32_\name
	.endm

	function allocate_pages, boot, EFI32_ALLOCATE_PAGES
	function get_memory_map, boot, EFI32_GET_MEMORY_MAP
	function handle_protocol, boot, EFI32_HANDLE_PROTOCOL
	function locate_handle, boot, EFI32_LOCATE_HANDLE
	function locate_device_path, boot, EFI32_LOCATE_DEVICE_PATH
	function set_watchdog_timer, boot, EFI32_SET_WATCHDOG_TIMER
	function locate_protocol, boot, EFI32_LOCATE_PROTOCOL
	function load_file, object, EFI32_LOAD_FILE
	function second, object, EFI32_SECOND
	function third, object, EFI32_THIRD
	function close, object, EFI32_CLOSE
	function read, object, EFI32_READ
	function get_position, object, EFI32_GET_POSITION

	.global	efi32_set_position	/* a 64-bit argument: two words */
efi32_set_position:
	mov	%rdx, %r8
	shr	$32, %r8
	mov	$EFI32_SET_POSITION, %eax
call_object:
	mov	EFI32_SELF(%rcx), %ecx
	mov	%ecx, %r10d
	jmp	call_firmware

	.global	efi32_get_variable
efi32_get_variable:
	mov	$EFI32_GET_VARIABLE, %eax
call_runtime:
	mov	kept + KEPT_RUNTIME(%rip), %r10d
	jmp	call_firmware

	.global	efi32_get_time
efi32_get_time:
	mov	$EFI32_GET_TIME, %eax
	jmp	call_runtime

	.global	efi32_free_pages
efi32_free_pages:
	mov	%edx, %r8d
	xor	%edx, %edx		/* upper half of a 64-bit address */
	mov	$EFI32_FREE_PAGES, %eax
	jmp	call_boot

	.global	efi32_exit_boot_services
efi32_exit_boot_services:
	movl	$0, kept + KEPT_PAGES(%rip)	/* can no longer be freed */
	mov	$EFI32_EXIT_BOOT_SERVICES, %eax
call_boot:
	mov	kept + KEPT_BOOT(%rip), %r10d
call_firmware:
	push	%rbp
	mov	%esp, %ebp
	push	%rbx
	push	%rsi
	push	%rdi
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	lea	-32(%rsp), %rsp
	and	$-16, %rsp
	mov	%ecx, (%rsp)
	mov	%edx, 4(%rsp)
	mov	%r8d, 8(%rsp)
	mov	%r9d, 12(%rsp)
	mov	FIFTH(%rbp), %ecx
	mov	%ecx, 16(%rsp)
	mov	FIFTH + 8(%rbp), %ecx
	mov	%ecx, 20(%rsp)
	mov	FIFTH + 16(%rbp), %ecx
	mov	%ecx, 24(%rsp)
	mov	FIFTH + 24(%rbp), %ecx
	mov	%ecx, 28(%rsp)
	mov	(%r10, %rax), %esi
	call	efi32_down
	.code32
	call	*%esi
	mov	%eax, %esi
	call	efi32_up
	.code64
	lea	-SAVED(%rbp), %esp	/* clears the upper half */
	mov	%esi, %eax
	mov	%esi, %ecx
	and	$EFI32_ERROR_BIT, %ecx	/* from 31 to 63 */
	xor	%ecx, %eax
	shl	$32, %rcx
	or	%rcx, %rax
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rdi
	pop	%rsi
	pop	%rbx
	pop	%rbp
	ret
