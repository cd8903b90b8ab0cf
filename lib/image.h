/* SPDX-License-Identifier: MIT */
/*
 * image.h - the linked image: its layout from the linker script, and how to move it.
 *
 * The image is linked at 0 and position independent. The only absolute values are in .relro and
 * .data, with one Elf64_Rela each. Parts, in address order, each page aligned: header | doors |
 * text (RX) | rodata (RO) | relro (RO once relocated, RW in the PE headers) | data (RW) | bss (RW,
 * not in the file). Doors are code that only ways in need: a moved image lacks them, and from the
 * jump on they are not mapped. Their end may be in the first page of text.
 */
#ifndef IMAGE_H
#define IMAGE_H

/* Bytes after image_end that loaders reserve without firmware: the stub's stack and tables */
#define RAW_SCRATCH	0x40000

#ifndef __ASSEMBLER__
#include "lib/base.h"
#include "lib/status.h"

extern char image_start[], image_doors[], image_text[], image_rodata[], image_sbat[], image_relro[];
extern char image_relro_end[], image_data[], image_data_end[], image_bss_file[], image_bss[];
extern char image_bss_end[], image_end[];
extern const uint64_t image_sum;	/* sum64 from image_text to image_sbat: never changes */
extern const char idmap_start[], idmap_end[];	/* the code that runs across the switch */
extern const char kernel_entry[];

struct rela {			/* Elf64_Rela (ELF gABI) */
	uint64_t offset, info;
	int64_t addend;
};
extern const struct rela image_rela[], image_rela_end[];

static inline uint64_t image_offset(const void *p)
{
	return (uint64_t)p - (uint64_t)image_start;
}

static inline uint64_t image_size(void)
{
	return image_offset(image_end);
}

/*
 * The counterpart of the running image's object `p` in the copy whose link address 0 is at `copy`.
 * Both must be accessible now.
 */
static inline void *image_twin(const void *p, uint64_t copy)
{
	return (void *)(copy + image_offset(p));
}

/*
 * Apply the n entries at `rela` to an image of `size` bytes that lies at `at` and will run at
 * `base`: *(at + offset) = base + addend. Applying them again, also for another base, is harmless.
 * `type` is the only relocation type accepted (arch_rela_relative). ERR_BAD_FORMAT for another
 * type, or an offset outside the image; earlier entries are then applied. ELF gABI chapter 4,
 * "Relocation".
 */
status_t image_relocate(uint64_t at, uint64_t size, uint64_t base, const struct rela *rela,
			uint64_t n, uint32_t type);
#endif /* !__ASSEMBLER__ */
#endif
