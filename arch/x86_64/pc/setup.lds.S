/* SPDX-License-Identifier: MIT */
/*
 * setup.lds.S - what the header page has behind PE's headers on a PC: room for the headers of
 * sections that tools like ukify add, and the 16-bit code.
 */
#define PE_ROOM		16	/* section headers */
		ASSERT(pe_headers_end + 40 * PE_ROOM <= SETUP_CODE, "room for more sections")
		. = SETUP_CODE;
		KEEP(*(.setup16))
		KEEP(*(.setup_version))
		setup_end = .;

		ASSERT(setup_end <= PAGE, "the 16-bit code fits the header page")
		ASSERT(linux32_entry == image_text, "the 32-bit entry")
		ASSERT(linux64_entry == image_text + 0x200, "the 64-bit entry")
