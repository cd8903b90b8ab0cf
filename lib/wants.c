/* SPDX-License-Identifier: MIT */
/* wants.c - see wants.h. */
#include "lib/wants.h"
#include "lib/string.h"

#define WANTS_LEAST	8	/* bytes: size and regime always exist */

status_t wants_read(struct kernel_wants *out, const char **what)
{
	const uint32_t size = kernel_wants.size;

	*what = "size";
	memset(out, 0, sizeof(*out));
	if (size < WANTS_LEAST || size % 4 || size > PAGE_SIZE)
		return ERR_BAD_FORMAT;
	memcpy(out, &kernel_wants, MIN(size, sizeof(*out)));
	*what = "regime";
	if (out->regime > BOOT_MMU_MAPPED)
		return ERR_BAD_FORMAT;
	if (out->regime == BOOT_MMU_DEFAULT)
		out->regime = BOOT_MMU_IDENTITY;
	*what = "stack_size";
	if (!out->stack_size)
		out->stack_size = KERNEL_STACK_MIN;
	if (out->stack_size < KERNEL_STACK_MIN || out->stack_size > KERNEL_STACK_MAX)
		return ERR_BAD_FORMAT;
	out->stack_size = ALIGN_UP(out->stack_size, PAGE_SIZE);
	*what = "flags";
	if (out->flags & ~KERNEL_FLAGS)
		return ERR_BAD_FORMAT;
	*what = "el";
	if (out->el > KERNEL_EL_1)
		return ERR_BAD_FORMAT;
	*what = "closed";
	return out->closed & ~KERNEL_CLOSED ? ERR_BAD_FORMAT : OK;
}

const char *wants_name(void)
{
	const bool given = kernel_wants.size > offsetof(struct kernel_wants, name) &&
			   kernel_wants.name[0];

	return given ? kernel_wants.name : "stubborn";
}
