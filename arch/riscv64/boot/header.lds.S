/* SPDX-License-Identifier: MIT */
/*
 * header.lds.S - the first 60 bytes of the file, which identify a RISC-V Image.
 *
 * Linux's Documentation/arch/riscv/boot-image-header.rst. The next word belongs to PE. The jump is
 * at an odd half word, which the C extension allows; its offset is split as JAL has it. "MZ" itself
 * is a compressed instruction: a CPU without that extension takes an exception at the first byte.
 */
#define JUMP_OFFSET	(image_entry - image_start - 2)
		SHORT(0x5a4d)			/* c.li s4, -13: "MZ" */
		LONG(0x6f + ((JUMP_OFFSET & 0x100000) << 11) + ((JUMP_OFFSET & 0x7fe) << 20) +
		     ((JUMP_OFFSET & 0x800) << 9) + (JUMP_OFFSET & 0xff000))	/* j image_entry */
		SHORT(0)
		QUAD(0x200000)			/* text_offset, from the start of RAM */
		QUAD(image_end - image_start + RAW_SCRATCH)
		QUAD(0)				/* little endian */
		LONG(2)				/* version 0.2 */
		. = 0x30;
		QUAD(0x5643534952)		/* "RISCV", deprecated */
		LONG(0x05435352)		/* "RSC\x05" */
