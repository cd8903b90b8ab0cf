/* SPDX-License-Identifier: MIT */
/*
 * read_wants.c - a build tool: reads kernel_wants in a linked image as the stub will at boot, and
 * prints four lines: 1 if it asks for constructors, else 0; its name; its version; its regime, as
 * mmu= calls it. What is not given is empty.
 *
 * usage: read-wants IMAGE ADDRESS. A value that the stub would refuse is an error, and so is a name
 * or a version that is not printable text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/wants.h"

static struct kernel_wants wants;
extern const struct kernel_wants kernel_wants __attribute__((alias("wants")));

/* Say what is wrong with a field, and what it may be. */
static void refuse(const struct kernel_wants *got, const char *field)
{
	const struct {
		const char *name, *may;
		uint64_t value;
	} fields[] = {
		{ "size", "set it to sizeof(struct kernel_wants)", wants.size },
		{ "regime", "it may be a BOOT_MMU_ constant, or 0", got->regime },
		{ "stack_size", "it may be 16 KiB to 64 MiB, or 0", got->stack_size },
		{ "flags", "it may have KERNEL_CONSTRUCTORS and KERNEL_AGAIN", got->flags },
		{ "el", "it may be KERNEL_EL_FOUND or KERNEL_EL_1", got->el },
		{ "closed", "it may have KERNEL_CLOSES(BOOT_ENTRY_...), but not AGAIN, and "
		  "KERNEL_CLOSES_MMU(BOOT_MMU_...), but not the kernel's own", got->closed },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (!strcmp(fields[i].name, field))
			printf("kernel_wants.%s is %#llx: %s\n", field,
			       (unsigned long long)fields[i].value, fields[i].may);
}

static bool is_text(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (!text[i])
			return true;
		if (text[i] < ' ' || text[i] > '~')
			return false;
	}
	return false;
}

static bool check_text(const char *field, const char *text)
{
	if (is_text(text, sizeof(wants.name)))
		return true;
	printf("kernel_wants.%s must be at most 31 printable ASCII characters\n", field);
	return false;
}

static const char *const regimes[] = {
	[BOOT_MMU_OFF] = "off", [BOOT_MMU_IDENTITY] = "identity", [BOOT_MMU_MAPPED] = "mapped",
};

int main(int argc, char **argv)
{
	FILE *f = argc == 3 ? fopen(argv[1], "rb") : NULL;
	struct kernel_wants got;
	const char *what;

	if (!f || fseek(f, strtol(argv[2], NULL, 16), SEEK_SET) ||
	    fread(&wants, 1, sizeof(wants), f) < sizeof(wants.size)) {
		printf("kernel_wants cannot be read\n");
		return 1;
	}
	if (wants_read(&got, &what) != OK || got.closed & KERNEL_CLOSES_MMU(got.regime)) {
		refuse(&got, what);	/* the last one that was read is "closed" */
		return 1;
	}
	if (!check_text("name", got.name) || !check_text("version", got.version))
		return 1;
	printf("%d\n%s\n%s\n%s\n", (got.flags & KERNEL_CONSTRUCTORS) != 0, got.name, got.version,
	       regimes[got.regime]);
	return 0;
}
