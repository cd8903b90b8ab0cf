/* SPDX-License-Identifier: MIT */
/*
 * vbe.S - runs in our first page before setup16, at the offset CODE: the video BIOS gives a wrong
 * BytesPerScanLine, which from VBE 3.0 on is of no use for a linear framebuffer.
 *
 * In: DS = ES = SS = this page, CS = DS + 0x20. Out: jumps to setup16. `calls` counts VBE's calls.
 */
	.code16
	.text
	.org	CODE
calls:	.word	0x9090			/* two NOPs, as execution begins here */
	movw	$0, calls
	push	%es
	xor	%ax, %ax
	mov	%ax, %es
	mov	%es:0x40, %eax		/* the vector of INT 10h */
	mov	%eax, old
	movw	$hook, %es:0x40
	movw	%ds, %es:0x42
	pop	%es
	or	$0x12340000, %esp	/* a loader sets SP alone */
	jmp	SETUP16

hook:	cmp	$0x4f, %ah
	jne	1f
	incw	%cs:calls
	cmp	$0x4f01, %ax
	jne	1f
	pushfw
	lcallw	*%cs:old
	shlw	%es:0x10(%di)
	iretw
1:	ljmpw	*%cs:old
old:	.long	0
