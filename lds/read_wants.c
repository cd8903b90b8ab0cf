/* SPDX-License-Identifier: MIT */
/*
 * read_wants.c - a build tool: reads kernel_wants in a linked image as the stub will at boot, and
 * prints its flags, name and version, a line each; what is not given is empty.
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

static _Noreturn void refuse(const char *field, const char *why)
{
	printf("kernel_wants.%s%s\n", field, why);
	exit(1);
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

static void check_text(const char *field, const char *text)
{
	if (!is_text(text, sizeof(wants.name)))
		refuse(field, " must be at most 31 printable ASCII characters");
}

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
	if (wants_read(&got, &what) != OK) {
		if (!strcmp(what, "size"))
			printf("kernel_wants.size is %u: set it to sizeof(struct kernel_wants)\n",
			       wants.size);
		else if (!strcmp(what, "stack_size"))
			refuse(what, " is out of range: it may be 16 KiB to 64 MiB, or 0");
		else
			refuse(what, " is out of range: "
				     "include/stubborn/kernel.h says what it may be");
		return 1;
	}
	check_text("name", got.name);
	check_text("version", got.version);
	printf("%u\n%s\n%s\n", got.flags, got.name, got.version);
	return 0;
}
