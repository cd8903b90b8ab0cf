/* SPDX-License-Identifier: MIT */
/* newc.h - files in a cpio archive of the kind "newc", which an initrd is made of. Pure. */
#ifndef KERNEL_NEWC_H
#define KERNEL_NEWC_H
#include "lib/base.h"

struct newc_file {
	const char *name;	/* in the archive, with its NUL */
	const uint8_t *data;
	uint64_t size;		/* bytes of data */
	uint32_t mode;		/* as stat(2) has it */
};

enum newc { NEWC_FILE, NEWC_END, NEWC_BAD };

/*
 * The file at offset *at of archive[0..size), and *at behind it; begin with 0. Archives may follow
 * each other, with zeros between, as Linux takes them (initramfs-buffer-format). NEWC_BAD: what is
 * at *at is no header or does not fit; nothing behind it is looked at.
 */
enum newc newc_next(const uint8_t *archive, uint64_t size, uint64_t *at, struct newc_file *out);
#endif
