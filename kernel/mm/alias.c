/* SPDX-License-Identifier: MIT */
/* alias.c - see alias.h. Looks at all leaves: little is made executable, and seldom. */
#include "kernel/mm/alias.h"

struct alias {
	uint64_t pa, size;
	bool found;
};

static bool look(const struct arch_leaf *leaf, void *cookie)
{
	struct alias *a = cookie;

	a->found = (leaf->write || leaf->exec) &&
		   ranges_overlap(a->pa, a->size, leaf->pa, leaf->size);
	return !a->found;
}

bool alias_find(const struct arch_map *m, uint64_t pa, uint64_t size)
{
	struct alias a = { pa, size, false };

	arch_map_walk(m, look, &a);
	return a.found;
}
