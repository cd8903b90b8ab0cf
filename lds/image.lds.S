/* SPDX-License-Identifier: MIT */
/*
 * image.lds.S - the layout of the image, with its PE32+ headers and section table.
 *
 * Preprocessed with the values of arch/<isa>/isa.mk. Linked at 0; file offset, RVA and link address
 * are the same number, so `objcopy -O binary` only strips the ELF wrapper. Nothing is patched
 * afterwards: the linker is the PE writer. It runs twice, as the image contains a sum of its own
 * contents (image_sum.c). PE/COFF specification, "Optional Header" and "Section Table"; UEFI 2.10,
 * 2.1.1.
 */
#include "lib/image.h"

#define PAGE		0x1000
#ifndef FILE_ALIGN
#define FILE_ALIGN	0x200		/* the least that PE/COFF allows */
#endif
#define PE_OFFSET	0x40		/* rEFInd and similar loaders want it below 0x180 */
#define PE_DIRECTORIES	6		/* U-Boot reads the sixth unchecked, shim requires it */
#ifdef PE32			/* the same image for 32-bit firmware: only page 0 differs */
#define PE_OPTIONAL	(96 + 8 * PE_DIRECTORIES)
#define PE_MAGIC	0x10b
#define PE_ENTRY	efi32_entry
#define PE_WORD(x)	LONG(x)
#else
#define PE_OPTIONAL	(112 + 8 * PE_DIRECTORIES)
#define PE_MAGIC	0x20b
#define PE_ENTRY	efi_entry
#define PE_WORD(x)	QUAD(x)
#endif
#define PE_SECTIONS	4
#ifdef EFI32
#define PE_CONSTANTS	0x7461706d6f632e	/* ".compat" */
#else
#define PE_CONSTANTS	0x617461646f722e	/* ".rodata" */
#endif

/* A section header: name, start, end in memory and in the file, flags. */
#define PE_SECTION(name, start, end, file_end, flags) \
	QUAD(name) \
	LONG(end - start) LONG(start - image_start) \
	LONG(file_end - start) LONG(start - image_start) \
	QUAD(0) LONG(0) LONG(flags)
#define PE_CODE		0x60000020	/* CNT_CODE | MEM_EXECUTE | MEM_READ */
#define PE_RODATA	0x40000040	/* CNT_INITIALIZED_DATA | MEM_READ */
#define PE_DATA		0xc0000040	/* CNT_INITIALIZED_DATA | MEM_READ | MEM_WRITE */

/*
 * Loaders of kernel.elf use physical addresses and a note, or take e_entry for a physical address
 * and enter in the CPU's current mode (ELF_DOOR). UEFI never enters there.
 */
#ifdef LOAD_ADDRESS
#define LOAD	AT(LOAD_ADDRESS)
#define ELF_ENTRY elf_entry
elf_entry = ELF_DOOR + LOAD_ADDRESS;
#else
#define LOAD
#define ELF_ENTRY image_entry
#endif

OUTPUT_FORMAT(LDS_FORMAT)
ENTRY(ELF_ENTRY)

PHDRS {
	header PT_LOAD FLAGS(4);
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
#ifdef LOAD_ADDRESS
	note PT_NOTE FLAGS(4);
#endif
}

SECTIONS {
	. = 0;
	.header : LOAD {
		image_start = .;
#ifdef LDS_HEAD
#include LDS_HEAD				/* "MZ", and the CPU's own loader header */
#else
		SHORT(0x5a4d)			/* "MZ" */
#endif
		. = 0x3c;
		LONG(PE_OFFSET)			/* e_lfanew */
		. = PE_OFFSET;
		LONG(0x4550)			/* "PE" */
		SHORT(PE_MACHINE)
		SHORT(PE_SECTIONS)
		LONG(0)				/* TimeDateStamp: same source, same bytes */
		LONG(0)
		LONG(0)
		SHORT(PE_OPTIONAL)
		SHORT(0x0222)			/* EXECUTABLE, large addresses, no debug */

		SHORT(PE_MAGIC)			/* PE32+, or PE32 */
		SHORT(0)
		LONG(image_rodata - image_doors)	/* SizeOfCode */
		LONG(image_file_end - image_rodata)
		LONG(image_end - image_file_end)
		LONG(PE_ENTRY - image_start)
		LONG(image_doors - image_start)
#ifdef PE32
		LONG(image_rodata - image_start)
#endif
		PE_WORD(0)			/* ImageBase: any */
		LONG(PAGE)			/* SectionAlignment: what firmware can protect */
		LONG(FILE_ALIGN)		/* FileAlignment: of the last section's end */
		SHORT(0) SHORT(0)
		SHORT(3) SHORT(0)		/* ImageVersion: >= 1 means LoadFile2 */
		SHORT(0) SHORT(0)
		LONG(0)
		LONG(image_end - image_start)
		LONG(image_doors - image_start)	/* SizeOfHeaders */
		LONG(0)
		SHORT(10)			/* EFI application */
		SHORT(0x100)			/* NX_COMPAT */
		PE_WORD(0) PE_WORD(0) PE_WORD(0) PE_WORD(0)
		LONG(0)
		LONG(PE_DIRECTORIES)
		QUAD(0) QUAD(0) QUAD(0) QUAD(0) QUAD(0) QUAD(0)
		pe_section_table = .;

		/* .text, .rodata or .compat, .sbat; .data: relocated data, data, .bss */
		PE_SECTION(0x747865742e, image_doors, image_rodata, image_rodata, PE_CODE)
		PE_SECTION(PE_CONSTANTS, image_rodata, image_sbat, image_sbat, PE_RODATA)
		PE_SECTION(0x746162732e, image_sbat, image_relro, image_relro, PE_RODATA)
		PE_SECTION(0x617461642e, image_relro, image_end, image_file_end, PE_DATA)
		pe_headers_end = .;
#ifdef LDS_TAIL
#include LDS_TAIL				/* the rest of the page, for the CPU's loaders */
#endif
		. = PAGE;
	} :header =0				/* fill with zeros, not with trap instructions */

	/* an output section of its own: --icf merges equal functions only within one */
	.doors ALIGN(PAGE) : {
		image_doors = .;
		KEEP(*stubborn-stub.o(.text.head))		/* entries at fixed addresses */
#include "lds/doors.lds.S"
		/* aligned to a page by sdk/stubborn-link if the file does not grow by it */
		. = ALIGN(DEFINED(image_text_align) ? image_text_align : 8);
		/* one page must hold all of it */
		. = (. & (PAGE - 1)) + IDMAP_MAX > PAGE ? ALIGN(PAGE) : ALIGN(16);
		image_text = . & ~(PAGE - 1);	/* the first page that the kernel needs */
		idmap_start = .;
		*(.idmap.text)
		idmap_end = .;
		/* fill the gap: as much as fits on each CPU */
		*stubborn-stub.o(.text.finish_memmap .text.entry_map_more)
		*stubborn-stub.o(.text.finish_seal .text.finish_copy .text.finish_keep)
		*stubborn-stub.o(.text.finish_page .text.arena_slots .text.arch_copy_image)
		*stubborn-stub.o(.text.drop_wanted)
	} :text
	.vectors : {
		*stubborn-stub.o(.vectors.text)		/* adjacent, as both are aligned */
		*(.vectors.text .vectors.text.*)
	} :text
	.text : {
		*stubborn-stub.o(.text .text.*)
		kernel_text = .;
		*(.text .text.*)
		kernel_text_end = .;
		. = ALIGN(PAGE);
	} :text

	.rodata ALIGN(PAGE) : {
		image_rodata = .;
#ifdef EFI32
		/* .compat: entries for other CPUs (EDK II's CompatImageLoaderDxe) */
		BYTE(1)				/* an entry point */
		BYTE(8)				/* length of this entry */
		SHORT(0x14c)			/* i386 */
		LONG(efi32_entry - image_start)
		QUAD(0)				/* end */
#endif
		*(.rodata .rodata.*)
		. = ALIGN(8);
	} :rodata
	.font : { *(.font) } :rodata
	.symbols : {
		image_symbols = .;
		KEEP(*(.symbols))
		image_symbols_end = .;
	} :rodata
	.rela.dyn ALIGN(8) : {
		image_rela = .;
		*(.rela .rela.*)
		image_rela_end = .;
	} :rodata

#ifdef LOAD_ADDRESS
	.notes ALIGN(4) : { KEEP(*(.note.door)) } :rodata :note
#endif

	.sbat ALIGN(PAGE) : {
		image_sbat = .;
		KEEP(*(.sbat))
		. = ALIGN(PAGE);
	} :rodata

	/* takes no page if it is empty, as in a kernel without pointers in constants */
	. = ALIGN(PAGE);
	image_relro = .;
	.relro : {
		*(.data.rel.ro .data.rel.ro.*)
		*(.got .got.plt)
		PROVIDE_HIDDEN(__init_array_start = .);
		KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*)))
		KEEP(*(.init_array))
		PROVIDE_HIDDEN(__init_array_end = .);
		. = ALIGN(8);
	} :data
	image_relro_end = .;
	. = ALIGN(PAGE);
	image_data = .;
	.data : {
		image_sum = .;
		QUAD(image_built_sum)		/* lds/image_sum.c, on the command line */
		*(.data .data.*)
	} :data
	/* a kernel's own sections go here; sdk/stubborn-link pads the file */
	. = ALIGN(8);
	image_data_end = .;
	. = ALIGN(FILE_ALIGN);
	image_file_end = .;
	. = ALIGN(PAGE);
	image_bss_file = .;
	.bss (NOLOAD) : {
		*(.bss.noinit)
		. = ALIGN(8);
		image_bss = .;			/* from here on it is cleared */
		*(.bss .bss.* COMMON)
	} :data
	/* a kernel's own sections without contents go here */
	. = ALIGN(8);
	image_bss_end = .;
	. = ALIGN(PAGE);
	image_end = .;
	.scratch (NOLOAD) : { . += RAW_SCRATCH; } :data	/* for loaders of kernel.elf */

	/* only in kernel.elf: objcopy drops what is not loaded */
	.debug_abbrev 0 : { *(.debug_abbrev) }
	.debug_addr 0 : { *(.debug_addr) }
	.debug_aranges 0 : { *(.debug_aranges) }
	.debug_frame 0 : { *(.debug_frame) }
	.debug_info 0 : { *(.debug_info) }
	.debug_line 0 : { *(.debug_line) }
	.debug_line_str 0 : { *(.debug_line_str) }
	.debug_loclists 0 : { *(.debug_loclists) }
	.debug_ranges 0 : { *(.debug_ranges) }
	.debug_rnglists 0 : { *(.debug_rnglists) }
	.debug_str 0 : { *(.debug_str) }
	.debug_str_offsets 0 : { *(.debug_str_offsets) }
	.symtab 0 : { *(.symtab) }
	.strtab 0 : { *(.strtab) }
	.shstrtab 0 : { *(.shstrtab) }

	/DISCARD/ : { *(.setup_version) }
	/DISCARD/ : { *(.dynamic .dynsym .dynstr .hash .gnu.hash) }	/* nothing links with it */
	/DISCARD/ : { *(.comment .note .note.* .eh_frame .eh_frame_hdr .interp *.attributes) }
}

ASSERT(image_start == 0, "the image is linked at 0")
ASSERT(pe_section_table == PE_OFFSET + 24 + PE_OPTIONAL, "SizeOfOptionalHeader")
ASSERT(pe_headers_end - pe_section_table == 40 * PE_SECTIONS, "NumberOfSections")
ASSERT(SIZEOF(.header) == PAGE, "SizeOfHeaders")
ASSERT(image_doors == PAGE, "text follows the headers")
ASSERT(idmap_end - idmap_start <= IDMAP_MAX, "the trampoline is larger than IDMAP_MAX")
ASSERT(idmap_start / PAGE == (idmap_end - 1) / PAGE, "the trampoline must not cross a page")
ASSERT((image_rela_end - image_rela) % 24 == 0, "whole Elf64_Rela entries")
ASSERT((image_bss_file & (PAGE - 1)) == 0 && (image_end & (PAGE - 1)) == 0, "whole pages")
ASSERT(image_end + RAW_SCRATCH <= 0x20000000, "an image is at most 512 MiB")
