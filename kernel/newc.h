/* SPDX-License-Identifier: MIT */
/* newc.h - reads cpio archives in the format "newc", of which an initrd consists. Pure. */
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
 * Read the file at offset *at of archive[0..size), and move *at past it; start with 0. Several
 * archives may follow each other with zeros between them, as Linux accepts them
 * (initramfs-buffer-format). NEWC_BAD: there is no header at *at, or the file does not fit; the
 * walk cannot go on.
 */
enum newc newc_next(const uint8_t *archive, uint64_t size, uint64_t *at, struct newc_file *out);
#endif
