/* SPDX-License-Identifier: MIT */
/*
 * smp_enter.S - takes a CPU from its start after SIPI to our regime. SDM 3A 9.4.3, 10.8.5, 10.9.
 *
 * The code that is copied below 1 MiB learns its address from CS. It first uses page tables of its
 * own, which are below 4 GiB: CR3 has only 32 bits until the CPU is in long mode.
 */
#include "arch/x86_64/boot/regs.h"
#include "kernel/cpu/cpu.h"
#include "smp.h"

/*
 * smp_low
 * In: CS:IP page:0. Out: never; jumps to smp_enter. Runs: real mode, in a copy of this code, no
 * stack, IF clear after INIT.
 *
 * Register  live from  to         holds
 * EBX       here       smp_enter  address of the page
 * RCX       64 bits    smp_enter  our root table
 */
	.section .text.smp_low, "ax"
	.global smp_low, smp_low32, smp_low64, smp_low_end
	.code16
smp_low:
	jmp	1f
	.balign 8
	.skip	LOW_GDT + 0x20 - 8		/* the rest of struct low_page */
1:	cli
	cld
	mov	%cs, %ax
	mov	%ax, %ds
	movzwl	%ax, %ebx
	shl	$4, %ebx
	lgdtl	LOW_GDT_LIMIT
	mov	%cr0, %eax
	or	$CR0_PE, %eax
	mov	%eax, %cr0
	ljmpl	*LOW_FAR32

	.code32
smp_low32:
	mov	$SEL_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %ss
	mov	LOW_CR4(%ebx), %eax
	mov	%eax, %cr4
	mov	LOW_ROOT(%ebx), %eax
	mov	%eax, %cr3
	mov	$MSR_EFER, %ecx
	rdmsr
	or	$EFER_LME + EFER_NXE, %eax
	wrmsr
	mov	%cr0, %eax
	and	$~(CR0_CD + CR0_NW), %eax	/* INIT leaves the caches off */
	or	$CR0_PG, %eax
	mov	%eax, %cr0
	ljmp	*LOW_FAR64(%ebx)

	.code64
smp_low64:
	mov	%ebx, %ebx
	mov	LOW_CR3(%rbx), %rcx
	mov	LOW_ENTRY(%rbx), %rax
	jmp	*%rax
smp_low_end:

/*
 * smp_enter
 * In: RCX our root table. Out: never; calls cpu_arrived. Runs: long mode, CPL 0, under the page
 * tables that smp_low used, no stack, IF clear. GDT and segments are still those of the low page;
 * cpu_arrived loads others.
 */
	.section .text.smp_enter, "ax"
	.global smp_enter
	.type smp_enter, @function
smp_enter:
	mov	%rcx, %cr3
	mov	smp_state + STATE_PAT(%rip), %eax
	mov	smp_state + STATE_PAT + 4(%rip), %edx
	mov	$MSR_PAT, %ecx
	wrmsr
	mov	smp_state + STATE_CR4(%rip), %rax
	mov	%rax, %cr4
	mov	smp_state + STATE_CR0(%rip), %rax
	mov	%rax, %cr0
	mov	$1, %eax
	lock xadd %eax, smp_state + STATE_NEXT(%rip)
	cmp	smp_state + STATE_COUNT(%rip), %eax
	jae	2f
	mov	smp_state + STATE_CPU(%rip), %rdx
	mov	(%rdx, %rax, 8), %rdi
	mov	CPU_STACK(%rdi), %rsp
	xor	%ebp, %ebp			/* backtraces end here */
	call	cpu_arrived			/* C expects the stack as after a call */
2:	cli					/* more CPUs have arrived than were to be started */
	hlt
	jmp	2b
	.size smp_enter, . - smp_enter
