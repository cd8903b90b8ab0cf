/* SPDX-License-Identifier: MIT */
/*
 * header.lds.S - the first 60 bytes of the file, which identify an arm64 Image.
 *
 * Linux's Documentation/arch/arm64/booting.rst, section 4. The next word belongs to PE.
 */
		LONG(0xfa405a4d)		/* ccmp x18, #0, #0xd, pl: "MZ", only flags */
		LONG(0x14000000 + (image_entry - image_start - 4) / 4)	/* b image_entry */
		QUAD(0)				/* text_offset, from a multiple of 2 MiB */
		QUAD(image_end - image_start + RAW_SCRATCH)
		QUAD(0xa)			/* little endian, 4 KiB pages, anywhere in RAM */
		. = 0x38;
		LONG(0x644d5241)		/* "ARM\x64" */
