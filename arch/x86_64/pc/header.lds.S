/* SPDX-License-Identifier: MIT */
/*
 * header.lds.S - what the header page has after PE's headers on a PC: room for the headers of two
 * more sections, Linux's setup header, protocol 2.15, and the 16-bit code.
 *
 * Linux's Documentation/arch/x86/boot.rst. The header page is the boot sector and seven more
 * sectors; what loaders call the protected-mode kernel is the image from .text on, and can run at
 * any page. Names in comments are from that document.
 */
#include "arch/x86_64/pc/raw.h"
		/* found unchanged if a loader passes the file's own header page as boot_params */
		. = 0x1ef;
		SHORT(0xffff)			/* sentinel */
		BYTE(PAGE / 512 - 1)		/* setup_sects */
		SHORT(0)			/* root_flags */
		LONG((image_file_end - image_doors) / 16)	/* syssize */
		SHORT(0)			/* ram_size */
		SHORT(0xffff)			/* vid_mode: normal */
		SHORT(0)			/* root_dev */
		SHORT(0xaa55)			/* boot_flag */
		BYTE(0xeb) BYTE(setup_start - (image_start + 0x202))	/* 0x200: jmp over this */
		LONG(0x53726448)		/* "HdrS" */
		SHORT(0x20f)			/* version */
		LONG(0)				/* realmode_swtch */
		SHORT(0)			/* start_sys_seg */
		SHORT(setup_version - (image_start + 0x200))	/* kernel_version */
		BYTE(0)				/* type_of_loader */
		BYTE(1)				/* loadflags: LOADED_HIGH */
		SHORT(0)			/* setup_move_size */
		LONG(0x100000)			/* code32_start: where loaders assume it */
		LONG(0) LONG(0)			/* ramdisk_image, ramdisk_size */
		LONG(0)				/* bootsect_kludge */
		SHORT(0)			/* heap_end_ptr */
		BYTE(0) BYTE(0)			/* ext_loader_ver, ext_loader_type */
		LONG(0)				/* cmd_line_ptr */
		LONG(0x7fffffff)		/* initrd_addr_max: Linux's own value */
		LONG(PAGE)			/* kernel_alignment */
		BYTE(1)				/* relocatable_kernel */
		BYTE(12)			/* min_alignment: a page */
		SHORT(0x33)			/* xloadflags: KERNEL_64, ABOVE_4G, KEXEC, 5LEVEL */
		LONG(0xffff)			/* cmdline_size: the most we read */
		LONG(0) QUAD(0)			/* hardware_subarch and its data: a PC */
		LONG(0) LONG(0)			/* payload_offset, payload_length */
		QUAD(0)				/* setup_data */
		QUAD(0x100000)			/* pref_address */
		LONG(image_end - image_doors + RAW_SCRATCH)	/* init_size */
		LONG(0)				/* handover_offset */
		LONG(kernel_info - image_doors)	/* kernel_info_offset */
		setup_start = .;
		BYTE(0xe9) SHORT(SETUP_CODE - 0x26f)	/* jmp setup16 */
		. = PARAMS_BACK;
		LONG(setup_back - image_start) SHORT(SEL16_CODE)
		. = SETUP_TEXT;
		KEEP(*(.setup_text))
		ASSERT(. <= image_start + PARAMS_E820, "room for texts")
		. = PARAMS_E820;		/* read from the file alone */
		KEEP(*(.setup_version))
		. = SETUP_CODE;
		KEEP(*(.setup16))
		setup_end = .;

		ASSERT(pe_headers_end + 2 * 40 <= 0x1ef, "room for .cmdline and .initrd")
		ASSERT(setup_start == 0x26c, "the setup header")
		ASSERT(setup_end <= PAGE, "the 16-bit code fits the header page")
		ASSERT(linux32_entry == image_doors, "the 32-bit entry")
		ASSERT(linux64_entry == image_doors + 0x200, "the 64-bit entry")
