/* SPDX-License-Identifier: MIT */
/*
 * font.S - Spleen 8x16 by Frederic Cambus (BSD-2-Clause), glyphs 0x20 to 0x7e: 16 bytes each,
 * one for each row of pixels, with the leftmost pixel in the top bit. The PSF1 file has a header of
 * 4 bytes and 512 glyphs in ASCII order; the build extracts ours:
 *	zcat /usr/share/consolefonts/spleen-8x16.psfu.gz | tail -c +517 | head -c 1520
 */
	.section .font, "a"
	.globl font_spleen
	.hidden font_spleen
	.type font_spleen, %object
font_spleen:
	.incbin "font.bin"
	.size font_spleen, . - font_spleen
	.if . - font_spleen != 95 * 16
	.error "font.bin is not 95 glyphs of 16 bytes"
	.endif
