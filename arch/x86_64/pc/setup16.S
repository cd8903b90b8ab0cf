/* SPDX-License-Identifier: MIT */
/*
 * setup16.S - the real-mode part of a Linux kernel: asks the BIOS for memory, sets a mode of the
 * screen, opens A20, enters protected mode, and jumps to linux32_entry.
 *
 * The code follows the setup header in the header page (header.lds.S). The loader's copy of that
 * page becomes the boot_params: the PE headers in it are cleared, and the e820 table overwrites
 * what lies between the setup header and this code. Linux's Documentation/arch/x86/boot.rst;
 * SDM 3A 10.9.1 for the mode switch.
 */
#include "raw.h"
#include "arch/x86_64/boot/regs.h"

#define AT(label)	(label - setup16 + SETUP_CODE)	/* offset in DS */
#define TEXT(label)	(label - setup_text + SETUP_TEXT)

#define E820		0xe820		/* ACPI 6.5, 15.1: INT 15h, function E820h */
#define E820_SMAP	0x534d4150
#define A20_BIOS	0x2401		/* INT 15h: enable A20 */
#define A20_PORT	0x92		/* PS/2's system control port A */
#define A20_BIT		0x02
#define A20_RESET	0x01		/* would reset the machine */
#define A20_CELL	0x200		/* an unused interrupt vector */
#define A20_WRAP	0x10		/* FFFF:x+10 is address x again without A20 */
#define A20_TRIES	255
#define DELAY_PORT	0x80
#define BIOS_PUT	0x0e		/* INT 10h: a character, like a teletype */
#define BIOS_GREY	0x0007
#define SEL32_CODE	0x10		/* as the 32-bit protocol requires */
#define SEL32_DATA	0x18

	.section .setup16, "awx"
	.code16
/*
 * setup16
 * In: DS = ES = SS = this page, CS = DS + 0x20, SP as the loader sets it. Out: never; jumps to
 * linux32_entry with ESI = boot_params, EBP = SETUP16_MAGIC, EBX = EDI = 0, flat segments.
 * Runs: real mode, interrupts off (BIOS calls may enable them).
 */
setup16:
	push	%ds			/* CS as DS: labels are offsets in one segment */
	pushw	$AT(1f)
	lretw
1:	cld
	xor	%eax, %eax
	xor	%di, %di
	mov	$PARAMS_HEADER, %cx
	rep stosb			/* loaders that enter here leave these fields to us */
	mov	%al, PARAMS_HEADER	/* the sentinel: boot_params are clean now */

	call	video_limit
	call	video_pick

	/* memory: as many entries as there are, up to PARAMS_E820_MAX */
	xor	%ebx, %ebx		/* start with the first */
	mov	$PARAMS_E820, %di
2:	mov	$E820, %eax
	mov	$E820_SMAP, %edx
	mov	$PARAMS_E820_SIZE, %ecx	/* without extended attributes: they are not used */
	push	%di
	push	%ds
	push	%es
	int	$0x15			/* one entry to ES:DI; EBX: where to continue */
	pop	%es
	pop	%ds
	pop	%di
	jc	3f			/* with some BIOSes this means that there are no more */
	cmp	$E820_SMAP, %eax
	jne	3f
	add	$PARAMS_E820_SIZE, %di
	incb	PARAMS_E820_COUNT
	test	%ebx, %ebx
	jz	3f
	cmpb	$PARAMS_E820_MAX, PARAMS_E820_COUNT
	jb	2b
3:	mov	$TEXT(no_memory), %si
	cmpb	$0, PARAMS_E820_COUNT
	je	setup_fail

	/* A20: without it every odd MiB aliases the even one below */
	call	a20_test
	jne	4f
	mov	$A20_BIOS, %ax
	int	$0x15
	call	a20_test
	jne	4f
	in	$A20_PORT, %al
	or	$A20_BIT, %al
	and	$~A20_RESET, %al
	out	%al, $A20_PORT
	call	a20_test
	jne	4f
	mov	$TEXT(no_a20), %si
	jmp	setup_fail

4:	call	video_set

	/* protected mode: SDM 3A 10.9.1, "Switching to Protected Mode" */
	cmpl	$0, PARAMS_SWITCH	/* boot.rst, "Advanced Boot Loader Hooks" */
	je	5f
	lcallw	*PARAMS_SWITCH
setup_protect:
5:	cli				/* step 1; there will be no IDT */
	xor	%esi, %esi
	mov	%ds, %si
	shl	$4, %esi		/* this page's address */
	or	%esi, AT(setup_gdt) + SEL16_CODE + 2
	lea	AT(setup_gdt)(%esi), %eax
	mov	%eax, AT(setup_gdtr) + 2
	lea	AT(setup_flat)(%esi), %eax
	mov	%eax, AT(setup_jump)
	lgdtl	AT(setup_gdtr)		/* step 2 */
	mov	%cr0, %eax
	or	$CR0_PE, %al
	mov	%eax, %cr0		/* step 3 */
	ljmpl	*AT(setup_jump)		/* step 4; DS keeps its base until it is loaded */

	.code32
setup_flat:
	mov	$SEL32_DATA, %ecx
	mov	%ecx, %ds		/* step 9 */
	mov	%ecx, %es
	mov	%ecx, %ss
	mov	%ecx, %fs
	mov	%ecx, %gs
	mov	%esp, PARAMS_SP(%esi)
	xor	%ebx, %ebx
	xor	%edi, %edi
	mov	$SETUP16_MAGIC, %ebp
	mov	PARAMS_CODE32(%esi), %eax	/* a loader may have changed it */
	jmp	*%eax
	.code16

/*
 * a20_test - In: nothing. Out: ZF clear if A20 is on. Clobbers: EAX, CX, FS, GS, flags.
 * Runs: real mode, DS as setup16. Changes a cell until the one 1 MiB above differs: then they are
 * two cells, and A20 is on.
 */
a20_test:
	xor	%cx, %cx
	mov	%cx, %fs
	dec	%cx
	mov	%cx, %gs
	mov	$A20_TRIES, %cx
	mov	%fs:A20_CELL, %eax
	push	%eax
1:	inc	%eax
	mov	%eax, %fs:A20_CELL
	out	%al, $DELAY_PORT	/* chipsets need a moment */
	cmp	%gs:A20_CELL + A20_WRAP, %eax
	loope	1b
	popl	%fs:A20_CELL		/* does not change flags */
	ret

#include "video16.inc"

/* setup_fail - print by the BIOS and stop. In: DS:SI text. Out: never. Runs: real mode. */
setup_fail:
	lodsb
	test	%al, %al
	jz	1f
	mov	$BIOS_PUT, %ah
	mov	$BIOS_GREY, %bx
	push	%si
	int	$0x10
	pop	%si
	jmp	setup_fail
1:	cli
	hlt
	jmp	1b

setup_gdt:				/* SDM 3A 3.4.5: flat, 4 GiB, ring 0 */
	.quad	0
	.quad	0x00009b000000ffff	/* SEL16_CODE; its base becomes this page */
	.quad	0x00cf9b000000ffff	/* SEL32_CODE: execute, read */
	.quad	0x00cf93000000ffff	/* SEL32_DATA: read, write */
setup_gdtr:
	.word	. - setup_gdt - 1
	.long	0			/* setup_gdt's address */
setup_jump:
	.long	0			/* setup_flat's address */
	.word	SEL32_CODE

	.section .setup_text, "aw"
setup_text:
no_memory:
	.asciz	"stubborn: error: no E820 memory map\r\n"
no_a20:
	.asciz	"stubborn: error: A20 cannot be switched on\r\n"
video_name:
	.asciz	"video="
