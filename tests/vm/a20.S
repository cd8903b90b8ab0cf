/* SPDX-License-Identifier: MIT */
/*
 * a20.S - runs in our first page before setup16, at the offset CODE, and turns A20 off. Leaves more
 * undone, as loaders may.
 *
 * In: DS = ES = SS = this page, CS = DS + 0x20. Out: jumps to setup16; stops if A20 stays on. With
 * NO_BIOS the BIOS refuses to turn it on again, by INT 15h, function 2401h.
 */
	.code16
	.text
	.org	CODE
	mov	$0x2400, %ax		/* disable A20 */
	int	$0x15
	push	%es
	xor	%ax, %ax
	mov	%ax, %es
	dec	%ax
	mov	%ax, %gs
	movl	$0x12345678, %es:0x600
	cmpl	$0x12345678, %gs:0x610
	jne	.
#ifdef NO_BIOS
	mov	%es:0x54, %eax		/* the vector of INT 15h */
	mov	%eax, old
	movw	$hook, %es:0x54
	movw	%ds, %es:0x56
#endif
	pop	%es
	movl	$1, 0xc8		/* ext_cmd_line_ptr: above 4 GiB, unless it is cleared */
	std				/* loaders need not clear DF */
	jmp	SETUP16
#ifdef NO_BIOS
hook:	cmp	$0x2401, %ax
	je	1f
	ljmpw	*%cs:old
1:	stc
	lretw	$2			/* without the old flags */
old:	.long	0
#endif
